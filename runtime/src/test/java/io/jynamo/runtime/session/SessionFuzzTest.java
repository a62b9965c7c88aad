package io.jynamo.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.runtime.wire.Frames;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Hello;
import io.jynamo.runtime.wire.v1.Proof;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/**
 * Jazzer's way into what a session reads. A normal run replays the corpus in the resources folder SessionFuzzTestInputs;
 * with JAZZER_FUZZ=1 in the environment and -Dfuzz.search=true, one method at a time, it searches for inputs that break it.
 */
@Tag("fuzz")
class SessionFuzzTest {
    private static final int LIMIT = 1 << 16;

    private static Transport transport;
    private static WorkerServer server;

    @BeforeAll
    static void host() {
        transport = new Transport(1);
        server = WorkerServer.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Credentials.NONE,
                SessionLimits.DEFAULT,
                transport);
        server.host(WorkerDescription.loading(new CountingWorker(1).id(), "test", List.of("counting"), "loading"));
    }

    @AfterAll
    static void close() {
        server.close();
        transport.close();
    }

    /** However the network cuts the bytes up, the same frames come out, or the same refusal. */
    @FuzzTest(maxDuration = "5m")
    void frames(byte[] data) {
        List<Object> whole = decode(data, Math.max(1, data.length));
        assertThat(decode(data, 1)).isEqualTo(whole);
        assertThat(decode(data, 7)).isEqualTo(whole);
    }

    private static List<Object> decode(byte[] data, int piece) {
        List<Object> decoded = new ArrayList<>();
        EmbeddedChannel channel = new EmbeddedChannel(new Frames.Decoder(ClientFrame.parser(), LIMIT));
        try {
            for (int at = 0; at < data.length; at += piece) {
                channel.writeInbound(Unpooled.copiedBuffer(data, at, Math.min(piece, data.length - at)));
            }
        } catch (DecoderException refused) {
            assertThat(refused.getCause())
                    .isInstanceOfSatisfying(
                            JynamoException.class, why -> assertThat(why.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
            decoded.add("refused");
        }
        List<Object> frames = new ArrayList<>();
        for (Object frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
            frames.add(frame);
        }
        frames.addAll(decoded);
        channel.finishAndReleaseAll();
        return frames;
    }

    /** Whatever a client sends at first: it is answered in frames, and what ends it says why. */
    @FuzzTest(maxDuration = "5m")
    void strangers(byte[] data) throws InvalidProtocolBufferException {
        converse(session(), data);
    }

    /** The same of a client that is let in. */
    @FuzzTest(maxDuration = "5m")
    void clients(byte[] data) throws InvalidProtocolBufferException {
        if (decode(data, Math.max(1, data.length)).stream()
                .anyMatch(frame -> frame instanceof ClientFrame known && known.hasFetch())) {
            return; // files are read by another thread, and a channel without a loop cannot take its answer
        }
        EmbeddedChannel channel = session();
        channel.writeInbound(frame(ClientFrame.newBuilder()
                .setHello(Hello.newBuilder().setMinVersion(1).setMaxVersion(1).setNonce(Handshake.nonce()))
                .build()));
        channel.writeInbound(frame(
                ClientFrame.newBuilder().setProof(Proof.getDefaultInstance()).build()));
        List<WorkerFrame> opening = said(channel);
        assertThat(opening.getLast().hasWelcome()).isTrue();
        converse(channel, data);
    }

    private static EmbeddedChannel session() {
        var decoder = new Frames.Decoder(ClientFrame.parser(), Handshake.STRANGERS_FRAME);
        return new EmbeddedChannel(decoder, new ServerSession(server, decoder, null, SessionLimits.DEFAULT));
    }

    private static void converse(EmbeddedChannel channel, byte[] data) throws InvalidProtocolBufferException {
        channel.writeInbound(Unpooled.copiedBuffer(data));
        channel.runPendingTasks();
        List<WorkerFrame> said = said(channel);
        for (WorkerFrame frame : said.subList(0, Math.max(0, said.size() - 1))) {
            assertThat(frame.hasGoodbye()).as("nothing follows a Goodbye").isFalse();
        }
        if (!channel.isOpen()) {
            assertThat(said).isNotEmpty();
            assertThat(said.getLast().hasGoodbye()).as("an end is told").isTrue();
        }
        channel.checkException();
        channel.finishAndReleaseAll();
    }

    private static List<WorkerFrame> said(EmbeddedChannel channel) throws InvalidProtocolBufferException {
        List<WorkerFrame> frames = new ArrayList<>();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            byte[] bytes = new byte[out.readInt()];
            out.readBytes(bytes);
            assertThat(out.isReadable()).isFalse();
            out.release();
            frames.add(WorkerFrame.parseFrom(bytes));
        }
        return frames;
    }

    private static ByteBuf frame(MessageLite message) {
        return Frames.encode(io.netty.buffer.UnpooledByteBufAllocator.DEFAULT, message);
    }

    /** What a worker says of itself is taken as it is, or refused with its reason. */
    @FuzzTest(maxDuration = "5m")
    void descriptions(byte[] data) {
        try {
            WorkerDescription told = WorkerDescription.of(io.jynamo.runtime.wire.v1.Description.parseFrom(data));
            assertThat(WorkerDescription.of(told.message())).isEqualTo(told);
        } catch (InvalidProtocolBufferException malformed) {
            // Ends the connection in the decoder.
        } catch (JynamoException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }
}
