package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.Capability;
import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingSink;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.router.health.WorkerHealth;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whether a worker that failed is used again: it must be asked nothing that its engine refuses. */
class ProberTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void an_engine_without_priorities_salts_and_endless_output_comes_back() throws InterruptedException {
        assertThat(comesBack(new Picky(Set.of(), null))).isTrue();
    }

    @Test
    void an_engine_that_ends_at_once_has_answered() throws InterruptedException {
        assertThat(comesBack(new Picky(Set.of(), FinishReason.STOP))).isTrue();
    }

    @Test
    void an_engine_with_all_of_them_is_asked_first_of_all_and_keeps_nothing_of_it() throws InterruptedException {
        var worker = new Picky(EnumSet.allOf(Capability.class), null);
        assertThat(comesBack(worker)).isTrue();
        GenerationRequest asked = Objects.requireNonNull(worker.asked);
        assertThat(asked.priority()).isEqualTo(Integer.MAX_VALUE);
        assertThat(asked.scope().salt()).isEqualTo("probe");
        assertThat(asked.stopping().ignoreEos()).isTrue();
    }

    @Test
    void an_encoder_is_asked_for_a_vector_and_comes_back() throws InterruptedException {
        for (Encoding encoding : List.of(
                Encoding.embedding(2),
                new Encoding(Encoding.Kind.PAIR_SCORE, 1, false, Set.of(), Encoding.PairFrame.ONE_SEPARATOR))) {
            var worker = new Encoder(encoding);
            assertThat(comesBack(worker)).isTrue();
            EmbeddingRequest.Text asked =
                    Objects.requireNonNull(worker.asked).texts().getFirst();
            assertThat(asked.secondAt() < asked.tokens().count())
                    .isEqualTo(encoding.kind() == Encoding.Kind.PAIR_SCORE);
        }
    }

    private static boolean comesBack(Worker worker) throws InterruptedException {
        var health = new WorkerHealth();
        health.onFailure(ErrorCode.WORKER_LOST, null, System.nanoTime());
        try (var prober = new Prober(() -> Map.of(worker, health), System::nanoTime)) {
            assertThat(prober).isNotNull();
            long end = System.nanoTime() + LIMIT.toNanos();
            while (!health.isUsable(System.nanoTime()) && System.nanoTime() < end) {
                Thread.sleep(10);
            }
        }
        return health.isUsable(System.nanoTime());
    }

    /** Refuses what its card does not name, as an engine of others is protected from. */
    private static final class Picky implements Worker {
        private final ModelCard card;
        private final @Nullable FinishReason ending;
        private volatile @Nullable GenerationRequest asked;

        /** @param ending without a token, or null to say one */
        Picky(Set<Capability> can, @Nullable FinishReason ending) {
            this.card = new ModelCard("m", "picky", 1000, 4096, 4096, 16, 100, 512, 8, Set.of(), null, can);
            this.ending = ending;
        }

        @Override
        public WorkerId id() {
            return new WorkerId(1);
        }

        @Override
        public ModelCard card() {
            return card;
        }

        @Override
        public Generation start(GenerationRequest request, OutputSink sink) {
            asked = request;
            boolean refused = refuses(request.priority() != 0, Capability.PRIORITY)
                    || refuses(request.scope().salt() != null, Capability.CACHE_SALT)
                    || refuses(request.stopping().ignoreEos(), Capability.IGNORE_EOS);
            if (!refused) {
                sink.onDelta(
                        new TokenDelta(0, ending == null ? TokenIds.of(1) : TokenIds.empty(), List.of(), ending, null));
            }
            GenerationEnd.Failure failure =
                    refused ? new GenerationEnd.Failure(ErrorCode.UNSUPPORTED_PARAMETER, "it cannot") : null;
            sink.onFinished(new GenerationEnd(new Usage(2, 0, refused ? 0 : 1), failure));
            return new Ended();
        }

        private boolean refuses(boolean wanted, Capability capability) {
            return wanted && !card.can(capability);
        }

        @Override
        public WorkerLoad load() {
            return new WorkerLoad(0, 0, 0, 0, 100);
        }

        @Override
        public AutoCloseable subscribe(Consumer<KvEvent> listener) {
            return () -> {};
        }
    }

    /** Makes vectors, and nothing else. */
    private static final class Encoder implements Worker {
        private final ModelCard card;
        private volatile @Nullable EmbeddingRequest asked;

        Encoder(Encoding encoding) {
            this.card = new ModelCard("m", "bert", 1000, 512, 512, 16, 0, 512, 8, Set.of(), null, Set.of(), encoding);
        }

        @Override
        public WorkerId id() {
            return new WorkerId(2);
        }

        @Override
        public ModelCard card() {
            return card;
        }

        @Override
        public Generation start(GenerationRequest request, OutputSink sink) {
            sink.onFinished(new GenerationEnd(
                    new Usage(0, 0, 0), new GenerationEnd.Failure(ErrorCode.INVALID_REQUEST, "it generates nothing")));
            return new Ended();
        }

        @Override
        public EmbeddingCall embed(EmbeddingRequest request, EmbeddingSink sink) {
            asked = request;
            int width = Objects.requireNonNull(card.encoding()).width();
            sink.onResult(new EmbeddingResult.Vectors(width, new float[width], 2));
            return () -> {};
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

    /** A generation of which nothing is left to do. */
    private static final class Ended implements Generation {
        @Override
        public void cancel() {}

        @Override
        public void cancel(int choice) {}

        @Override
        public void grant(int tokens) {}
    }
}
