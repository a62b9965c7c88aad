package io.jynamo.runtime.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingResult.Failed;
import io.jynamo.protocol.EmbeddingResult.Vectors;
import io.jynamo.protocol.EmbeddingSink;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests for vectors behind a session come to what they come to in one process. */
class EmbeddingSessionTest {
    private static final WorkerId ID = new WorkerId(0x55);
    private static final int WIDTH = 40_000; // more than one piece

    private static final Encoding ENCODING =
            new Encoding(Encoding.Kind.EMBEDDING, WIDTH, true, Set.of(8, 16), Encoding.PairFrame.TWO_SEPARATORS);
    private static final ModelCard CARD =
            new ModelCard("embedding", "bert", 100, 32, 32, 16, 0, 512, 64, Set.of(), null, Set.of(), ENCODING);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final BlockingQueue<EmbeddingResult> results = new ArrayBlockingQueue<>(8);
    private final VectorWorker inside = new VectorWorker();

    /** Has a vector for each text that repeats the text's first token, or holds requests back. */
    private static final class VectorWorker implements Worker {
        final List<EmbeddingRequest> asked = new CopyOnWriteArrayList<>();
        final AtomicInteger cancelled = new AtomicInteger();
        volatile boolean holds;
        volatile int width = WIDTH;

        @Override
        public WorkerId id() {
            return ID;
        }

        @Override
        public ModelCard card() {
            return CARD;
        }

        @Override
        public EmbeddingCall embed(EmbeddingRequest request, EmbeddingSink sink) {
            asked.add(request);
            if (holds) {
                return () -> {
                    cancelled.incrementAndGet();
                    sink.onResult(new Failed(ErrorCode.CANCELLED, "as you wish"));
                };
            }
            if (request.id().value().equals("bad")) {
                sink.onResult(new Failed(
                        new GenerationEnd.Failure(ErrorCode.OVERLOADED, "too many texts", Duration.ofSeconds(3))));
                return () -> {};
            }
            float[] numbers = new float[request.texts().size() * width];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = request.texts().get(i / width).tokens().at(0) + 0.5f;
            }
            Thread.ofVirtual().start(() -> sink.onResult(new Vectors(width, numbers, request.tokens())));
            return () -> {};
        }

        @Override
        public Generation start(GenerationRequest request, OutputSink sink) {
            throw new AssertionError("nothing is generated here");
        }

        @Override
        public WorkerLoad load() {
            return new WorkerLoad(0, 0, 0, 0, 0);
        }

        @Override
        public AutoCloseable subscribe(Consumer<KvEvent> listener) {
            return () -> {};
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T own(T one) {
        opened.push(one);
        return one;
    }

    private WorkerServer serve(Worker worker) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        WorkerServer server =
                own(WorkerServer.listen(address, Credentials.NONE, SessionLimits.DEFAULT, own(new Transport(1))));
        server.host(WorkerDescription.loading(worker.id(), "test", List.of("embedding"), ""))
                .ready(worker, List.of(TextContent.of("tokenizer.json", new byte[] {1, 2, 3})));
        return server;
    }

    private RemoteWorker ready(WorkerId id, InetSocketAddress address) {
        RemoteWorker worker = own(RemoteWorker.connect(
                new RemoteWorker.Target(id, address, Credentials.NONE),
                SessionLimits.DEFAULT,
                own(new Transport(1)),
                changed -> {}));
        Collected.await("ready", () -> worker.state() == WorkerState.READY);
        return worker;
    }

    private static EmbeddingRequest request(String id, Text... texts) {
        return new EmbeddingRequest(new RequestId(id), List.of(texts), Duration.ofMinutes(1));
    }

    private EmbeddingResult result() throws InterruptedException {
        EmbeddingResult result = results.poll(20, TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        return result;
    }

    @Test
    void vectorsAndTheirOrderAreThoseOfTheWorker() throws InterruptedException {
        RemoteWorker worker = ready(ID, serve(inside).address());
        assertThat(worker.card()).isEqualTo(CARD);
        EmbeddingRequest asked = request(
                "r",
                Text.of(TokenIds.of(7, 8)),
                new Text(TokenIds.of(9, 10, 11), 1, "nine"),
                new Text(TokenIds.of(3), 0, null));
        worker.embed(asked, results::add);
        Vectors vectors = (Vectors) result();
        assertThat(vectors.width()).isEqualTo(WIDTH);
        assertThat(vectors.tokens()).isEqualTo(6);
        assertThat(vectors.numbers()).hasSize(3 * WIDTH);
        for (int i = 0; i < vectors.numbers().length; i++) {
            assertThat(vectors.numbers()[i]).isEqualTo(new float[] {7.5f, 9.5f, 3.5f}[i / WIDTH]);
        }
        EmbeddingRequest received = inside.asked.getFirst();
        assertThat(received.texts()).isEqualTo(asked.texts());
        assertThat(received.id()).isEqualTo(asked.id());
        assertThat(received.timeLimit()).isLessThanOrEqualTo(asked.timeLimit());
    }

    @Test
    void aRefusalIsToldWithItsCodeAndItsTime() throws InterruptedException {
        RemoteWorker worker = ready(ID, serve(inside).address());
        worker.embed(request("bad", Text.of(TokenIds.of(1))), results::add);
        Failed failed = (Failed) result();
        assertThat(failed.failure().code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(failed.failure().message()).isEqualTo("too many texts");
        assertThat(failed.failure().retryAfter()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void cancellingReachesTheWorkerAndTheSinkIsToldOnce() throws InterruptedException {
        inside.holds = true;
        RemoteWorker worker = ready(ID, serve(inside).address());
        EmbeddingCall call = worker.embed(request("r", Text.of(TokenIds.of(1))), results::add);
        Collected.await("it is there", () -> inside.asked.size() == 1);
        call.cancel();
        call.cancel();
        assertThat(((Failed) result()).failure().code()).isEqualTo(ErrorCode.CANCELLED);
        assertThat(inside.cancelled).hasValue(1);
        assertThat(results).isEmpty();
    }

    @Test
    void aBrokenConnectionIsALostWorkerAndCancelsThere() throws Exception {
        inside.holds = true;
        Relay relay = own(new Relay(serve(inside).address()));
        RemoteWorker worker = ready(ID, relay.address());
        worker.embed(request("r", Text.of(TokenIds.of(1))), results::add);
        Collected.await("it is there", () -> inside.asked.size() == 1);
        relay.cut();
        assertThat(((Failed) result()).failure().code()).isEqualTo(ErrorCode.WORKER_LOST);
        Collected.await("nobody wants it", () -> inside.cancelled.get() == 1);
    }

    @Test
    void vectorsOfAnotherWidthThanTheCardsAreNotTaken() throws InterruptedException {
        RemoteWorker worker = ready(ID, serve(inside).address());
        for (int width : new int[] {WIDTH - 1, WIDTH + 1}) {
            inside.width = width;
            worker.embed(request("r", Text.of(TokenIds.of(1))), results::add);
            Failed failed = (Failed) result();
            assertThat(failed.failure().code()).isEqualTo(ErrorCode.WORKER_LOST);
            assertThat(failed.failure().message()).contains("not whole");
        }
        inside.width = WIDTH;
        worker.embed(request("r", Text.of(TokenIds.of(1))), results::add);
        assertThat(result()).as("the session goes on").isInstanceOf(Vectors.class);
    }

    @Test
    void aWorkerThatGeneratesIsNotAskedForVectors() throws InterruptedException {
        var counting = new CountingWorker(0x66);
        RemoteWorker worker = ready(counting.id(), serve(counting).address());
        worker.embed(request("r", Text.of(TokenIds.of(1))), results::add);
        Failed failed = (Failed) result();
        assertThat(failed.failure().code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(failed.failure().message()).contains("makes no embeddings");
    }
}
