package io.jynamo.engine.simulated;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.Engine;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.OutputMasks;
import io.jynamo.engine.loop.EngineLoop;
import io.jynamo.engine.loop.Scheduling;
import io.jynamo.engine.loop.StepExecutor;
import io.jynamo.engine.loop.TimeSource;
import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.engine.schedule.StepResult;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine without a model: the scheduler, block pool, prefix cache, events and limits of the embedded one, over written
 * answers and a timing model. Deterministic: the same prompt and seed get the same answer.
 */
public final class SimulatedEngine implements Engine {
    private final WorkerId id;
    private final ModelCard card;
    private final EngineLoop loop;
    private final long seed;
    private final Set<String> adapters;

    /** One without adapters. */
    public SimulatedEngine(
            WorkerId id, EngineOptions options, Vocabulary vocabulary, TimingModel timing, TimeSource time, long seed) {
        this(id, options, vocabulary, timing, time, seed, Set.of());
    }

    /**
     * @param vocabulary what the answers' ids mean, as far as an engine must know
     * @param timing how long steps take; {@link TimingModel#INSTANT} for as fast as possible
     * @param seed of requests that bring none
     * @param adapters that it pretends to have: they say the same, and their blocks are their own
     */
    public SimulatedEngine(
            WorkerId id,
            EngineOptions options,
            Vocabulary vocabulary,
            TimingModel timing,
            TimeSource time,
            long seed,
            Set<String> adapters) {
        this.id = id;
        this.seed = seed;
        this.adapters = Set.copyOf(adapters);
        card = new ModelCard(
                options.modelName(),
                "simulated",
                vocabulary.size(),
                options.maxModelLen(),
                options.maxModelLen(),
                options.blockTokens(),
                options.kvBlocks(),
                options.maxBatchedTokens(),
                options.maxSequences(),
                Set.of(vocabulary.eosTokenId()),
                null);
        long kvTokens = (long) options.kvBlocks() * options.blockTokens();
        SimulatedSteps steps = new SimulatedSteps(
                vocabulary.answers(), timing, kvTokens, options.maxModelLen(), vocabulary.eosTokenId());
        loop = new EngineLoop(
                "simulated-engine-" + id,
                Scheduling.core(options, vocabulary.size(), card.eosTokenIds()),
                new Paced(steps, time),
                time,
                Scheduling.maxOpen(options),
                adapters);
    }

    /**
     * What a simulated model can say.
     *
     * @param size ids are below it
     * @param eosTokenId ends an answer
     */
    public record Vocabulary(int size, int eosTokenId, AnswerSource answers) {}

    @Override
    public WorkerId id() {
        return id;
    }

    @Override
    public ModelCard card() {
        return card;
    }

    @Override
    public Set<String> adapters() {
        return adapters;
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        Long asked = request.sampling().seed();
        return loop.start(request, asked == null ? seed : asked, sink);
    }

    @Override
    public WorkerLoad load() {
        return loop.load();
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        return loop.subscribe(listener);
    }

    /** None: there is no memory behind its blocks. */
    @Override
    public Optional<BlockSpace> blocks() {
        return Optional.empty();
    }

    @Override
    public boolean drain(Duration limit) throws InterruptedException {
        return loop.drain(limit);
    }

    @Override
    public void close() {
        loop.close();
    }

    /** Steps end when the timing model says, counted from when the last one ended, so that delays do not add up. */
    private static final class Paced implements StepExecutor {
        /** A step that is planned later than this after the last one began after a pause. */
        private static final long MOST_LAG_NANOS = 1_000_000;

        private final SimulatedSteps steps;
        private final TimeSource time;
        private long lastEnd = Long.MIN_VALUE;

        Paced(SimulatedSteps steps, TimeSource time) {
            this.steps = steps;
            this.time = time;
        }

        @Override
        public void onAccepted(GenerationRequest request, long seed, OutputMasks.@Nullable Compiled held) {
            steps.accept(request, seed);
        }

        @Override
        public void onFinished(RequestId id) {
            steps.forget(id);
        }

        @Override
        public void execute(StepPlan plan, StepResult result) {
            long nanos = steps.nanos(plan);
            if (nanos > 0) {
                long now = time.nanos();
                boolean backToBack = lastEnd != Long.MIN_VALUE && now - lastEnd < Math.min(nanos, MOST_LAG_NANOS);
                lastEnd = (backToBack ? lastEnd : now) + nanos;
                time.waitUntil(lastEnd);
            }
            steps.compute(plan, result);
        }

        @Override
        public void close() {}
    }
}
