package io.jynamo.router;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerState;
import io.jynamo.router.health.WorkerHealth;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The thread that finds out whether suspended workers answer again: it asks each for one token about every second. A
 * worker that answers its health page and hangs in its engine is not taken for well.
 */
final class Prober implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Prober.class.getName());
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int PROMPT_TOKENS = 2;

    private final Supplier<Map<Worker, WorkerHealth>> workers;
    private final LongSupplier nanoTime;
    private final AtomicLong probes = new AtomicLong();
    private final Thread thread;

    /** @param workers those on offer now */
    Prober(Supplier<Map<Worker, WorkerHealth>> workers, LongSupplier nanoTime) {
        this.workers = workers;
        this.nanoTime = nanoTime;
        this.thread = Thread.ofVirtual().name("router-probe").start(this::run);
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                Thread.sleep(BETWEEN_LOOKS);
                workers.get().forEach((worker, health) -> {
                    if (worker.state() == WorkerState.READY && health.takeProbe(nanoTime.getAsLong())) {
                        probe(worker, health);
                    }
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void probe(Worker worker, WorkerHealth health) {
        try {
            if (worker.card().encoding() == null) {
                worker.start(request(worker), new Answer(health));
            } else {
                worker.embed(
                        textOf(worker),
                        result -> health.onProbe(result instanceof EmbeddingResult.Vectors, nanoTime.getAsLong()));
            }
        } catch (RuntimeException failed) {
            health.onProbe(false, nanoTime.getAsLong());
            LOG.log(System.Logger.Level.DEBUG, "worker " + worker.id() + " could not be probed", failed);
        }
    }

    /** A pair of one token each, which is a text of two where pairs are not what it takes. */
    private EmbeddingRequest textOf(Worker worker) {
        ModelCard card = worker.card();
        Encoding encoding = card.encoding();
        boolean pairs = encoding != null && encoding.kind() == Encoding.Kind.PAIR_SCORE;
        var text = new EmbeddingRequest.Text(TokenIds.of(0, 0), pairs ? 1 : 2, "Hi");
        int priority = card.can(Capability.PRIORITY) ? Integer.MAX_VALUE : 0;
        return new EmbeddingRequest(id(worker), List.of(text), priority, LIMIT);
    }

    private RequestId id(Worker worker) {
        return new RequestId("probe-" + worker.id() + "-" + probes.incrementAndGet());
    }

    /** For one token, and nothing that its engine cannot do: it would refuse every probe, and never come back. */
    private GenerationRequest request(Worker worker) {
        int[] tokens = new int[PROMPT_TOKENS]; // ids every vocabulary has
        ModelCard card = worker.card();
        return new GenerationRequest(
                id(worker),
                TokenIds.of(tokens),
                Sampling.GREEDY,
                new Stopping(1, 0, java.util.Set.of(), card.can(Capability.IGNORE_EOS)),
                card.can(Capability.CACHE_SALT) ? new CacheScope(null, "probe") : CacheScope.SHARED,
                1,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                card.can(Capability.PRIORITY) ? Integer.MAX_VALUE : 0,
                LIMIT,
                GenerationRequest.UNLIMITED_CREDIT,
                Resumption.NONE,
                "Hi");
    }

    /** What a probe brings. */
    private final class Answer implements OutputSink {
        private final WorkerHealth health;
        private final AtomicBoolean told = new AtomicBoolean();

        Answer(WorkerHealth health) {
            this.health = health;
        }

        @Override
        public void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs) {}

        @Override
        public void onDelta(TokenDelta delta) {
            if (!delta.tokens().isEmpty()) {
                tell(true);
            }
        }

        @Override
        public void onFinished(GenerationEnd end) {
            tell(end.failure() == null); // the one token may have been that which ends a sequence
        }

        private void tell(boolean answered) {
            if (told.compareAndSet(false, true)) {
                health.onProbe(answered, nanoTime.getAsLong());
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
