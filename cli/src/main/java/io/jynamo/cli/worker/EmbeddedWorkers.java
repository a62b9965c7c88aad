package io.jynamo.cli.worker;

import io.jynamo.cli.doctor.Memory;
import io.jynamo.cli.settings.WorkerOptions;
import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.Engine;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.KvBudget;
import io.jynamo.engine.embedded.EmbeddedEngine;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.transformer.TransformerModel;
import io.jynamo.engine.transformer.TransformerRunner;
import io.jynamo.engine.weights.ModelConfig;
import io.jynamo.engine.weights.ModelWeights;
import io.jynamo.engine.weights.Models;
import io.jynamo.protocol.WorkerId;
import io.jynamo.text.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Makes workers that compute a model in this process, all over one copy of its weights and one team of threads. */
final class EmbeddedWorkers {
    private static final System.Logger LOG = System.getLogger(EmbeddedWorkers.class.getName());
    /** Full contexts that a worker's KV cache holds where nothing says otherwise and memory allows. */
    private static final int CONTEXTS = 4;
    /** Of the memory that is free, what weights and KV caches may take: the rest is the heap's and the system's. */
    private static final double MEMORY_SHARE = 0.75;

    /** Until the kernels are compiled; the first request would run at a fraction of their speed. */
    private static final Duration WARM_UP = Duration.ofSeconds(1);

    private final WorkerSetup setup;
    private final String name;

    private final IntFunction<WorkerId> ids;
    private final Supplier<Tokenizer> tokenizer;

    private EmbeddedWorkers(WorkerSetup setup, String name, IntFunction<WorkerId> ids, Supplier<Tokenizer> tokenizer) {
        this.setup = setup;
        this.name = name;
        this.ids = ids;
        this.tokenizer = tokenizer;
    }

    /**
     * Workers of a model that is loaded now.
     *
     * @param ids the identity of each worker by its index
     * @param tokenizer the model's, asked for when a request needs masks
     */
    static Workers start(
            WorkerSetup setup, String name, IntFunction<WorkerId> ids, Path files, Supplier<Tokenizer> tokenizer) {
        return new EmbeddedWorkers(setup, name, ids, tokenizer).start(files);
    }

    private Workers start(Path files) {
        long started = System.nanoTime();
        ModelWeights weights = Models.open(files);
        int threads = setup.engine().threads().orElse(Runtime.getRuntime().availableProcessors());
        var team = new ThreadTeam(threads);
        List<Engine> engines = new ArrayList<>();
        Runnable shared = () -> {
            team.close();
            weights.close();
        };
        try {
            EngineOptions limits = limits(weights.config(), weights.sizeBytes());
            TransformerModel model = TransformerModel.load(weights, team);
            var masks = new GrammarMasks(tokenizer, weights.config().eosTokenIds());
            for (int i = 0; i < setup.engine().workers(); i++) {
                engines.add(engine(i, limits, model, team, masks));
            }
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0}: {1}, {2} MiB of weights, {3} workers of {4} KV blocks, loaded in {5} ms",
                    name,
                    weights.config().architecture(),
                    weights.sizeBytes() >> 20,
                    engines.size(),
                    limits.kvBlocks(),
                    (System.nanoTime() - started) / 1_000_000);
            return new Workers(engines, shared);
        } catch (RuntimeException | Error failed) {
            new Workers(engines, shared).close();
            throw failed;
        }
    }

    private Engine engine(
            int index, EngineOptions limits, TransformerModel model, ThreadTeam team, GrammarMasks masks) {
        ModelConfig config = model.config();
        var runner =
                new TransformerRunner(model, limits.kvBlocks(), limits.blockTokens(), BlockSpace.ElementType.F32, team);
        if (index == 0) {
            runner.warmUp(WARM_UP); // what it compiles serves them all
        }
        return new EmbeddedEngine(
                ids.apply(index),
                limits,
                new EmbeddedEngine.Model(
                        config.architecture(), config.contextLength(), config.eosTokenIds(), config.bosTokenId()),
                runner,
                masks);
    }

    /** Sizes the context and each worker's KV cache by what was asked and what memory there is. */
    private EngineOptions limits(ModelConfig config, long weightBytes) {
        WorkerOptions told = setup.engine();
        int blockTokens = told.blockTokens();
        BlockSpace.Layout layout = TransformerRunner.layout(config, blockTokens, BlockSpace.ElementType.F32);
        int maxModelLen = setup.model().maxModelLen().orElse(config.contextLength());
        if (told.kvBlocks().isPresent()) {
            return EngineLimits.COMPUTED.options(
                    told, name, maxModelLen, told.kvBlocks().get());
        }
        // Weights are there once for all workers, so each worker's share of the memory pays its share of them.
        long memory = told.kvCacheSize()
                .map(bytes -> bytes + weightBytes)
                .orElse((long) (Memory.available() * MEMORY_SHARE - weightBytes) / told.workers() + weightBytes);
        int blocks = new KvBudget(layout, weightBytes, memory).blocks(maxModelLen, CONTEXTS);
        return EngineLimits.COMPUTED.options(told, name, maxModelLen, blocks);
    }
}
