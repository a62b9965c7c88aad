package io.jynamo.cli.worker;

import io.jynamo.engine.Engine;
import io.jynamo.engine.encoder.EmbeddingEngine;
import io.jynamo.engine.encoder.EmbeddingOptions;
import io.jynamo.engine.encoder.EncoderModel;
import io.jynamo.engine.encoder.EncoderPass;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.weights.EncoderConfig;
import io.jynamo.engine.weights.EncoderWeights;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Makes workers that turn texts into vectors in this process, all over one copy of a model's weights and one team of threads. */
final class EncoderWorkers {
    private static final System.Logger LOG = System.getLogger(EncoderWorkers.class.getName());

    /** Until the kernels are compiled; the first request would run at a fraction of their speed. */
    private static final Duration WARM_UP = Duration.ofSeconds(1);

    private static final int WARM_UP_TOKENS = 64;

    private EncoderWorkers() {}

    /** @param ids the identity of each worker by its index */
    static Workers start(WorkerSetup setup, String name, IntFunction<WorkerId> ids, Path files) {
        long started = System.nanoTime();
        EncoderWeights weights = EncoderWeights.open(files);
        var team = new ThreadTeam(
                setup.engine().threads().orElse(Runtime.getRuntime().availableProcessors()));
        List<Engine> engines = new ArrayList<>();
        Runnable shared = () -> {
            team.close();
            weights.close();
        };
        try {
            EmbeddingOptions options = options(setup, name, weights.config());
            EncoderModel model = EncoderModel.load(weights, team);
            for (int i = 0; i < setup.engine().workers(); i++) {
                var pass = new EncoderPass(model, team);
                if (i == 0) {
                    warmUp(pass, Math.min(WARM_UP_TOKENS, options.maxTokens())); // what it compiles serves them all
                }
                engines.add(new EmbeddingEngine(
                        ids.apply(i),
                        options,
                        encoding(model.config()),
                        model.config().architecture(),
                        pass));
            }
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0}: {1} encoder, {2} MiB of weights, {3} workers, loaded in {4} ms",
                    name,
                    model.config().architecture(),
                    weights.sizeBytes() >> 20,
                    engines.size(),
                    (System.nanoTime() - started) / 1_000_000);
            return new Workers(engines, shared);
        } catch (RuntimeException | Error failed) {
            new Workers(engines, shared).close();
            throw failed;
        }
    }

    private static EmbeddingOptions options(WorkerSetup setup, String name, EncoderConfig config) {
        int asked = setup.model().maxModelLen().orElse(config.maxTokens());
        int positions = config.positions() - config.firstPosition();
        if (asked > positions) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "max-model-len is " + asked + ", and the model has " + positions + " positions");
        }
        return new EmbeddingOptions(
                name,
                asked,
                setup.engine().maxBatchedTokens().orElse(EmbeddingOptions.DEFAULT_BATCHED_TOKENS),
                EmbeddingOptions.DEFAULT_QUEUED_TEXTS);
    }

    private static Encoding encoding(EncoderConfig config) {
        return new Encoding(
                config.scores() ? Encoding.Kind.PAIR_SCORE : Encoding.Kind.EMBEDDING,
                config.scores() ? 1 : config.hiddenSize(),
                config.cuttable(),
                config.cuts(),
                config.separatesTwice() ? Encoding.PairFrame.TWO_SEPARATORS : Encoding.PairFrame.ONE_SEPARATOR);
    }

    private static void warmUp(EncoderPass pass, int tokens) {
        List<EmbeddingRequest.Text> text = List.of(EmbeddingRequest.Text.of(TokenIds.of(new int[tokens])));
        long deadline = System.nanoTime() + WARM_UP.toNanos();
        while (System.nanoTime() < deadline) {
            pass.run(text);
        }
    }
}
