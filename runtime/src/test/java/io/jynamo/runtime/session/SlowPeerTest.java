package io.jynamo.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.wire.RequestMessages;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Hello;
import io.jynamo.runtime.wire.v1.Ping;
import io.jynamo.runtime.wire.v1.StreamOutput;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Peers that are slow on purpose, or many, cost a worker no more than it can afford. */
class SlowPeerTest {
    private static final String TOKEN = "a token of sixteen";
    private static final int MOST_SESSIONS = 3;
    private static final SessionLimits LIMITS = limits(1 << 20);
    /** More than all socket buffers of a machine's loopback hold. */
    private static final long FAR_TOO_MUCH = 256L << 20;

    private final Transport transport = new Transport(1);
    private final TalkativeWorker worker = new TalkativeWorker();
    private final WorkerServer server = WorkerServer.listen(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new Credentials(TOKEN, null),
            LIMITS,
            transport);

    SlowPeerTest() {
        server.host(WorkerDescription.loading(worker.id(), "test", List.of("talkative"), ""))
                .ready(worker, List.of());
    }

    @AfterEach
    void close() {
        server.close();
        transport.close();
    }

    @Test
    void aHandshakeThatDripsByteByByteIsLetGo() throws IOException {
        try (Peer peer = new Peer(server.address(), TOKEN)) {
            peer.out.writeInt(1000);
            for (int dripped = 0; dripped < 1000; dripped++) {
                peer.out.write(1);
                peer.out.flush();
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000); // 5 s for all of it, if it were let
            }
            throw new AssertionError("it was let drip to its end");
        } catch (SocketException closed) {
            Collected.await("nothing is held", () -> server.sessions() == 0);
        }
    }

    @Test
    void whoAsksAndNeverReadsTheAnswersIsNotHeardAnyMore() throws IOException {
        long sent = 0;
        byte[] pings = pings(10_000);
        try (Peer peer = new Peer(server.address(), TOKEN)) {
            peer.open();
            while (sent < FAR_TOO_MUCH) {
                peer.out.write(pings);
                sent += pings.length;
            }
        } catch (SocketException closed) {
            assertThat(sent).as("bytes of questions that were taken").isLessThan(FAR_TOO_MUCH);
            Collected.await("nothing is held", () -> server.sessions() == 0);
            return;
        }
        throw new AssertionError("it was heard for " + sent + " bytes");
    }

    @Test
    void whoReadsSlowlyButReadsIsNotLetGo() throws IOException {
        SessionLimits roomy = limits(16 << 20);
        try (WorkerServer wide = WorkerServer.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new Credentials(TOKEN, null),
                        roomy,
                        transport);
                Peer peer = new Peer(wide.address(), TOKEN)) {
            wide.host(WorkerDescription.loading(worker.id(), "test", List.of("talkative"), ""))
                    .ready(worker, List.of());
            worker.pieces = 640; // 40 MiB, which take longer to read than a silent client is waited for
            peer.open();
            peer.send(ClientFrame.newBuilder().setStart(RequestMessages.message(1, request())));
            int pieces = 0;
            for (boolean ended = false; !ended; ) {
                for (StreamOutput news : peer.read().getOutput().getStreamsList()) {
                    pieces += news.getDeltasCount();
                    ended |= news.hasEnd();
                }
                peer.send(ClientFrame.newBuilder().setPing(Ping.newBuilder().setNumber(pieces)));
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000); // the pace of this reader
            }
            assertThat(pieces).isEqualTo(640);
        }
    }

    @Test
    void outputThatNobodyReadsEndsTheSessionAndItsRequests() throws IOException {
        try (Peer peer = new Peer(server.address(), TOKEN)) {
            peer.open();
            peer.send(ClientFrame.newBuilder().setStart(RequestMessages.message(1, request())));
            Collected.await("it is cancelled", () -> worker.cancelled);
            Collected.await("nothing is held", () -> server.sessions() == 0);
        }
        assertThat(worker.told).as("pieces of 64 KiB, of 65,536").isLessThan(1 << 15);
    }

    @Test
    void largePiecesGoInFramesThatTheClientTakes() throws Exception {
        try (RemoteWorker remote = RemoteWorker.connect(
                new RemoteWorker.Target(worker.id(), server.address(), new Credentials(TOKEN, null)),
                LIMITS,
                transport,
                changed -> {})) {
            Collected.await("ready", () -> remote.state() == WorkerState.READY);
            worker.pieces = 40; // 2.5 MiB at once, and no frame is above 1 MiB
            Collected sink = new Collected();
            remote.start(request(), sink);
            assertThat(sink.await().failure()).isNull();
            assertThat(sink.deltas).hasSize(40);
        }
    }

    @Test
    void oneSessionTooManyIsToldSoAndTheOthersGoOn() throws IOException {
        List<Peer> open = new ArrayList<>();
        try {
            for (int i = 0; i < MOST_SESSIONS; i++) {
                Peer peer = new Peer(server.address(), TOKEN);
                open.add(peer);
                peer.open();
            }
            try (Peer late = new Peer(server.address(), TOKEN)) {
                assertThat(late.goodbye()).isEqualTo("too_many_connections");
            }
            open.getFirst()
                    .send(ClientFrame.newBuilder().setPing(Ping.newBuilder().setNumber(5)));
            assertThat(open.getFirst().read().getPong().getNumber()).isEqualTo(5);
            open.removeLast().close();
            Collected.await("there is room again", () -> server.sessions() < MOST_SESSIONS);
            try (Peer next = new Peer(server.address(), TOKEN)) {
                next.open();
            }
        } finally {
            for (Peer peer : open) {
                peer.close();
            }
        }
    }

    @Test
    void aHelloTooManyOrANonceTooShortEndsTheSession() throws IOException {
        try (Peer peer = new Peer(server.address(), TOKEN)) {
            peer.hello();
            peer.hello();
            assertThat(peer.goodbye()).isEqualTo("invalid_request");
        }
        try (Peer peer = new Peer(server.address(), TOKEN)) {
            peer.hello = Hello.newBuilder(peer.hello)
                    .setNonce(com.google.protobuf.ByteString.copyFrom(new byte[15]))
                    .build();
            peer.hello();
            assertThat(peer.goodbye()).isEqualTo("invalid_request");
        }
    }

    private static SessionLimits limits(int maxFrame) {
        return new SessionLimits(
                maxFrame,
                8,
                MOST_SESSIONS,
                Duration.ofMillis(700),
                Duration.ofMillis(200),
                Duration.ofMillis(600),
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Duration.ofMillis(900),
                Duration.ofSeconds(2),
                Duration.ofMillis(100),
                Duration.ofSeconds(1));
    }

    private static byte[] pings(int count) {
        byte[] one = ClientFrame.newBuilder()
                .setPing(Ping.newBuilder().setNumber(1))
                .build()
                .toByteArray();
        var all = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(new byte[] {0, 0, 0, (byte) one.length});
            all.writeBytes(one);
        }
        return all.toByteArray();
    }

    private static GenerationRequest request() {
        return GenerationRequest.of(
                new RequestId("request"), TokenIds.of(1), Sampling.GREEDY, Stopping.after(1_000_000));
    }

    /** Says 64 KiB at a time, four gigabytes in all unless it is told otherwise, as fast as it is let. */
    private static final class TalkativeWorker implements Worker {
        private static final String PIECE = "x".repeat(1 << 16);
        private final CountingWorker other = new CountingWorker(0x2a);
        private volatile int pieces = 1 << 16;
        private volatile boolean cancelled;
        private volatile int told;

        @Override
        public WorkerId id() {
            return other.id();
        }

        @Override
        public ModelCard card() {
            return other.card();
        }

        @Override
        public WorkerLoad load() {
            return other.load();
        }

        @Override
        public AutoCloseable subscribe(Consumer<KvEvent> listener) {
            return other.subscribe(listener);
        }

        @Override
        public Generation start(GenerationRequest request, OutputSink sink) {
            Thread.ofPlatform().daemon().start(() -> talk(sink));
            return new Generation() {
                @Override
                public void cancel() {
                    cancelled = true;
                }

                @Override
                public void cancel(int choice) {}

                @Override
                public void grant(int tokens) {}
            };
        }

        private void talk(OutputSink sink) {
            sink.onPrompt(0, List.of());
            for (int i = 0; i < pieces && !cancelled; i++) {
                told = i + 1;
                sink.onDelta(new TokenDelta(0, TokenIds.of(0), List.of(), null, null, PIECE));
                if ((i & 3) == 3) {
                    java.util.concurrent.locks.LockSupport.parkNanos(1_000_000); // an engine has steps
                }
            }
            sink.onFinished(new GenerationEnd(new Usage(1, 0, told), null));
        }
    }
}
