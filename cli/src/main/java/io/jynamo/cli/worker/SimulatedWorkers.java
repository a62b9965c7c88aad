package io.jynamo.cli.worker;

import io.jynamo.cli.settings.SimOptions;
import io.jynamo.cli.settings.WorkerOptions;
import io.jynamo.engine.Engine;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.loop.TimeSource;
import io.jynamo.engine.simulated.LossyEvents;
import io.jynamo.engine.simulated.PolynomialTiming;
import io.jynamo.engine.simulated.SimulatedEngine;
import io.jynamo.engine.simulated.SimulatedText;
import io.jynamo.engine.simulated.TimingModel;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.Tokenizer.SpecialText;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Makes workers that imitate an engine's timing and say made-up sentences in the model's own tokens. */
final class SimulatedWorkers {
    /** Context of the imitated model where nothing says otherwise. */
    static final int CONTEXT = 32_768;

    private static final int MEAN_ANSWER_TOKENS = 200;
    /** Blocks per worker where nothing says otherwise, Dynamo's mock engine's default. */
    private static final int BLOCKS = 16_384;
    /** From here on the timing model's steps are shorter than what a clock can pace. */
    private static final double INSTANT_SPEEDUP = 10_000;

    private SimulatedWorkers() {}

    /** @param ids the identity of each worker by its index */
    static Workers start(WorkerSetup setup, String name, IntFunction<WorkerId> ids, Tokenizer tokenizer) {
        load(setup.sim());
        WorkerOptions engine = setup.engine();
        int blocks = engine.kvBlocks().orElse(BLOCKS);
        int context = setup.model().maxModelLen().orElse((int) Math.min(CONTEXT, (long) blocks * engine.blockTokens()));
        EngineOptions limits = EngineLimits.IMITATED.options(engine, name, context, blocks);
        var answers = new SimulatedText(text -> tokenizer.encode(text, SpecialText.PLAIN), MEAN_ANSWER_TOKENS);
        var vocabulary = new SimulatedEngine.Vocabulary(tokenizer.vocabularySize(), endOfSequence(tokenizer), answers);
        TimingModel timing = timing(setup.sim());
        List<Engine> engines = new ArrayList<>();
        for (int i = 0; i < engine.workers(); i++) {
            long seed = engine.seed().orElse(0L);
            var one = new SimulatedEngine(
                    ids.apply(i),
                    limits,
                    vocabulary,
                    timing,
                    TimeSource.SYSTEM,
                    seed,
                    setup.sim().adapters());
            double loss = setup.sim().kvEventLoss();
            engines.add(loss == 0 ? one : new LossyEvents(one, loss, seed + i));
        }
        return new Workers(engines, () -> {});
    }

    /** Takes as long as it was told to pretend. */
    private static void load(SimOptions sim) {
        try {
            Thread.sleep(sim.startupTime());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.NOT_READY, "stopped while the simulated engine was loading", stopped);
        }
    }

    private static TimingModel timing(SimOptions sim) {
        return sim.speedup() >= INSTANT_SPEEDUP
                ? TimingModel.INSTANT
                : PolynomialTiming.dynamo(sim.speedup()).withDecodeSpeedUp(sim.decodeSpeedup());
    }

    private static int endOfSequence(Tokenizer tokenizer) {
        return Stream.of("<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<end_of_turn>", "</s>", "<eos>")
                .map(tokenizer::findId)
                .filter(OptionalInt::isPresent)
                .mapToInt(OptionalInt::getAsInt)
                .findFirst()
                .orElse(tokenizer.vocabularySize() - 1);
    }
}
