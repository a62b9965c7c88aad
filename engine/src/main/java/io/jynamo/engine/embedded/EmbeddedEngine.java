package io.jynamo.engine.embedded;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.Engine;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.OutputMasks;
import io.jynamo.engine.constrain.ConstraintCompiler;
import io.jynamo.engine.loop.EngineLoop;
import io.jynamo.engine.loop.Scheduling;
import io.jynamo.engine.loop.TimeSource;
import io.jynamo.engine.step.KvMemory;
import io.jynamo.engine.step.StepRunner;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine that computes a model in this process: one loop thread plans steps with the scheduler core, has the runner
 * compute them, draws tokens and tells the sinks. It owns the runner and closes it.
 *
 * <p>A request that makes the model fail fails alone with {@code INTERNAL}; an error of the machine (out of memory) ends
 * the engine, and every request with {@code WORKER_LOST}.
 */
public final class EmbeddedEngine implements Engine {
    private final WorkerId id;
    private final ModelCard card;
    private final EngineLoop loop;
    private final BlockSpace space;
    private final @Nullable ConstraintCompiler constraints;

    /**
     * What the engine must know of the model besides how to compute it.
     *
     * @param architecture for example {@code llama}
     * @param trainedContextLength the context it was trained for
     * @param eosTokenIds ids that end a sequence
     * @param bosTokenId id that begins one, or null
     */
    public record Model(
            String architecture,
            int trainedContextLength,
            Set<Integer> eosTokenIds,
            @Nullable Integer bosTokenId) {
        public Model {
            eosTokenIds = Set.copyOf(eosTokenIds);
        }
    }

    /** One that holds output to nothing. */
    public EmbeddedEngine(WorkerId id, EngineOptions options, Model model, StepRunner runner) {
        this(id, options, model, runner, null);
    }

    /**
     * An engine that runs from now on.
     *
     * @param runner whose KV memory must have the options' blocks
     * @param masks of constrained requests; null refuses those, as a model without an end of sequence does
     */
    public EmbeddedEngine(
            WorkerId id, EngineOptions options, Model model, StepRunner runner, @Nullable OutputMasks masks) {
        this.id = id;
        KvMemory memory = runner.memory();
        if (memory.blocks() != options.kvBlocks() || memory.layout().blockTokens() != options.blockTokens()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the model's KV memory has " + memory.blocks() + " blocks of "
                            + memory.layout().blockTokens() + " tokens and the engine's options say "
                            + options.kvBlocks() + " of " + options.blockTokens());
        }
        constraints = masks == null || model.eosTokenIds().isEmpty()
                ? null
                : new ConstraintCompiler("embedded-engine-" + id, masks);
        card = new ModelCard(
                options.modelName(),
                model.architecture(),
                runner.vocabularySize(),
                options.maxModelLen(),
                model.trainedContextLength(),
                options.blockTokens(),
                options.kvBlocks(),
                options.maxBatchedTokens(),
                options.maxSequences(),
                model.eosTokenIds(),
                model.bosTokenId(),
                capabilities(constraints));
        loop = new EngineLoop(
                "embedded-engine-" + id,
                Scheduling.core(options, runner.vocabularySize(), model.eosTokenIds()),
                new ModelSteps(runner, model.eosTokenIds()),
                TimeSource.SYSTEM,
                Scheduling.maxOpen(options),
                Set.of());
        space = new PoolBlockSpace(loop, memory);
    }

    private static Set<Capability> capabilities(@Nullable ConstraintCompiler constraints) {
        Set<Capability> all = EnumSet.copyOf(Capability.OWN);
        if (constraints != null) {
            all.addAll(Capability.CONSTRAINED);
        }
        return all;
    }

    @Override
    public WorkerId id() {
        return id;
    }

    @Override
    public ModelCard card() {
        return card;
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        Long asked = request.sampling().seed();
        long seed = asked == null ? new SplittableRandom().nextLong() : asked;
        if (request.constraint() == null || constraints == null) {
            return loop.start(request, seed, sink);
        }
        return constraints.start(request, sink, (compiled, held) -> loop.start(compiled, seed, sink, held));
    }

    @Override
    public WorkerLoad load() {
        return loop.load();
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        return loop.subscribe(listener);
    }

    @Override
    public Optional<BlockSpace> blocks() {
        return Optional.of(space);
    }

    @Override
    public boolean drain(Duration limit) throws InterruptedException {
        return loop.drain(limit);
    }

    @Override
    public void close() {
        loop.close();
        if (constraints != null) {
            constraints.close();
        }
    }
}
