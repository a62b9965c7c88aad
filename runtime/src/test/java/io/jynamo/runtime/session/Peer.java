package io.jynamo.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Hello;
import io.jynamo.runtime.wire.v1.Proof;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that sends what a test wants. */
final class Peer implements AutoCloseable {
    final DataOutputStream out;
    private final String token;
    private final Socket socket;
    private final DataInputStream in;
    Hello hello = Hello.newBuilder()
            .setMinVersion(1)
            .setMaxVersion(1)
            .setNonce(ByteString.copyFrom("a nonce of sixteen", StandardCharsets.US_ASCII))
            .build();

    Peer(InetSocketAddress address, String token) throws IOException {
        this(new Socket(address.getAddress(), address.getPort()), token);
    }

    /** Over a connection that the test has made. */
    Peer(Socket socket, String token) throws IOException {
        this.token = token;
        this.socket = socket;
        out = new DataOutputStream(socket.getOutputStream());
        in = new DataInputStream(socket.getInputStream());
        socket.setSoTimeout(20_000);
    }

    void hello() throws IOException {
        send(ClientFrame.newBuilder().setHello(hello));
    }

    /** Opens the session and returns the proof that did. */
    ByteString open() throws IOException {
        hello();
        ByteString proof = Handshake.clientProof(
                token, hello.getNonce(), read().getChallenge().getNonce());
        send(ClientFrame.newBuilder().setProof(Proof.newBuilder().setProof(proof)));
        assertThat(read().hasWelcome()).isTrue();
        return proof;
    }

    void send(ClientFrame.Builder frame) throws IOException {
        byte[] bytes = frame.build().toByteArray();
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
    }

    WorkerFrame read() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return WorkerFrame.parseFrom(bytes);
    }

    /** Reads to the end and says the code of the goodbye. */
    String goodbye() throws IOException {
        String code = "none";
        try {
            while (true) {
                WorkerFrame frame = read();
                if (frame.hasGoodbye()) {
                    code = frame.getGoodbye().getCode();
                }
            }
        } catch (EOFException | SocketException closed) {
            return code;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
