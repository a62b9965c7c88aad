package io.jynamo.frontend;

import static io.jynamo.frontend.KserveClient.prompt;
import static io.jynamo.frontend.KserveClient.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections to KServe's port that ask for too much, frame by frame; the others never notice. */
@Timeout(60)
class KserveAbuseTest {
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int END_HEADERS = 4;
    private static final int ENHANCE_YOUR_CALM = 11;

    private ServerFixture server;

    @BeforeEach
    void serve() {
        server = ServerFixture.withKserve(new ScriptedWorker(request -> Script.text("Hello")), options -> options);
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** A connection of HTTP/2 without any library's care for the other side. */
    private final class Frames implements AutoCloseable {
        private final Socket socket;
        private final OutputStream out;
        private final DataInputStream in;

        Frames() throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), ServerFixture.known(server.node.kservePort()));
            out = socket.getOutputStream();
            in = new DataInputStream(socket.getInputStream());
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            send(SETTINGS, 0, 0, new byte[0]);
        }

        void send(int type, int flags, int stream, byte[] payload) throws IOException {
            ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
            frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
            frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
            out.write(frame.array());
        }

        /** The error code of the frame that ends the connection and what it says besides. */
        String farewell() throws IOException {
            while (true) {
                int head = in.readInt();
                in.readByte();
                in.readInt();
                byte[] payload = in.readNBytes(head >>> 8);
                if ((head & 0xff) == GOAWAY) {
                    int code = ByteBuffer.wrap(payload).getInt(4);
                    return code + " " + new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8);
                }
            }
        }

        /** Reads to the end of the connection, which the server makes. */
        void awaitEnd() throws IOException {
            try {
                while (in.read() >= 0) {
                    // what is said meanwhile
                }
            } catch (SocketException | EOFException reset) {
                // an end too
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private void servesOthers() {
        try (KserveClient client = new KserveClient(server)) {
            assertThat(texts(client.infer(prompt("hi")), "text_output")).containsExactly("Hello");
        }
        ServerFixture.await(() -> server.node.running() == 0 && server.router.booked() == 0);
        assertThat(server.node.server().bufferedBytes()).isZero();
    }

    @Test
    void whoPingsWithoutEndIsSentAway() throws IOException {
        try (Frames frames = new Frames()) {
            for (int i = 0; i < 10; i++) {
                frames.send(PING, 0, 0, new byte[8]);
            }
            assertThat(frames.farewell()).isEqualTo(ENHANCE_YOUR_CALM + " too_many_pings");
            frames.awaitEnd();
        }
        servesOthers();
    }

    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        for (String text : List.of(name, value)) {
            block.write(text.length());
            block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Test
    void whoBeginsAndResetsCallsWithoutEndIsSentAway() throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        literal(block, ":method", "POST");
        literal(block, ":scheme", "http");
        literal(block, ":path", "/inference.GRPCInferenceService/ModelInfer");
        literal(block, ":authority", "localhost");
        literal(block, "te", "trailers");
        literal(block, "content-type", "application/grpc");
        try (Frames frames = new Frames()) {
            for (int stream = 1; stream < 20_000; stream += 2) {
                frames.send(HEADERS, END_HEADERS, stream, block.toByteArray());
                frames.send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
            }
            assertThat(frames.farewell()).startsWith(ENHANCE_YOUR_CALM + " ");
        } catch (SocketException closed) {
            // It was sent away while it still wrote.
            assertThat(closed).hasMessageMatching("(?i).*(broken pipe|reset).*");
        }
        servesOthers();
    }

    @Test
    void tooMuchMetadataIsRefusedAndTheConnectionStays() {
        try (KserveClient client = new KserveClient(server)) {
            assertThat(texts(client.infer(prompt("hi")), "text_output")).containsExactly("Hello");
            int most = FrontendOptions.on("127.0.0.1", 0).http().maxHeaderBytes();
            StatusRuntimeException refused = refusal(most + 1);
            assertThat(refused.getStatus().getCode())
                    .as(refused.toString())
                    .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.INTERNAL, Status.Code.UNKNOWN);
            assertThat(texts(client.infer(prompt("hi")), "text_output")).containsExactly("Hello");
        }
        servesOthers();
    }

    /** Of a call with a header of so many bytes. */
    private StatusRuntimeException refusal(int bytes) {
        try (KserveClient client = new KserveClient(server).with("x-much", "x".repeat(bytes))) {
            return client.refusal(prompt("hi"));
        }
    }

    @Test
    void whoSpeaksAnotherProtocolIsSentAway() throws IOException {
        try (Socket other =
                new Socket(InetAddress.getLoopbackAddress(), ServerFixture.known(server.node.kservePort()))) {
            other.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            other.getInputStream().readAllBytes();
        }
        servesOthers();
    }
}
