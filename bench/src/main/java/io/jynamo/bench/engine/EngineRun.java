package io.jynamo.bench.engine;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.step.Logits;
import io.jynamo.engine.step.Step;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.transformer.TransformerModel;
import io.jynamo.engine.transformer.TransformerRunner;
import io.jynamo.engine.weights.ModelWeights;
import io.jynamo.engine.weights.Models;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** One loaded model being measured, step by step and without a scheduler. */
final class EngineRun implements AutoCloseable {
    private static final int BLOCK = 16;
    private static final int PROMPT = 512;
    private static final int LONG = 4096;
    private static final int CONTEXT = 64;
    private static final int STEPS = 32;

    private final TransformerModel model;
    private final ThreadTeam team;
    private final TransformerRunner runner;
    private final Logits logits;
    private final long packedBytes;
    private final double firstLoadSeconds;
    private final double loadSeconds;
    private final Random random = new Random(1);

    private EngineRun(TransformerModel model, ThreadTeam team, double firstLoadSeconds, double loadSeconds) {
        int context = Math.min(LONG + PROMPT, model.config().contextLength());
        this.runner = new TransformerRunner(
                model, context / BLOCK + 16 * (CONTEXT + STEPS) / BLOCK, BLOCK, BlockSpace.ElementType.F32, team);
        this.model = model;
        this.team = team;
        this.logits = new Logits(runner.vocabularySize());
        this.packedBytes = model.sizeBytes();
        this.firstLoadSeconds = firstLoadSeconds;
        this.loadSeconds = loadSeconds;
    }

    /** Loads twice. The first also compiles the code that packs and asks the system for memory, which the second reuses. */
    static EngineRun load(Path path, ThreadTeam team) {
        long start = System.nanoTime();
        try (ModelWeights weights = Models.open(path)) {
            TransformerModel.load(weights, team);
        }
        long first = System.nanoTime() - start;
        System.gc();
        long second = System.nanoTime();
        try (ModelWeights weights = Models.open(path)) {
            TransformerModel model = TransformerModel.load(weights, team);
            double warm = (System.nanoTime() - second) / 1e9;
            EngineRun run = new EngineRun(model, team, first / 1e9, warm);
            run.measure();
            return run;
        }
    }

    long packedBytes() {
        return packedBytes;
    }

    double firstLoadSeconds() {
        return firstLoadSeconds;
    }

    double loadSeconds() {
        return loadSeconds;
    }

    EngineFigures measure() {
        return new EngineFigures(prefill(), decode(1), decode(8), decode(16));
    }

    private int[] tokens(int count) {
        return random.ints(count, 0, runner.vocabularySize()).toArray();
    }

    private double prefill() {
        int[] blocks = IntStream.range(0, PROMPT / BLOCK).toArray();
        int[] tokens = tokens(PROMPT);
        return PROMPT / seconds(() -> run(List.of(new Step.Slice(tokens, 0, blocks, 1))));
    }

    /** Blocks of a decoding stream; they are not filled first, for zeros cost as much to attend to. */
    private int[] blocks(int stream) {
        int count = (CONTEXT + STEPS) / BLOCK;
        int first = runner.memory().blocks() - (stream + 1) * count;
        return IntStream.range(first, first + count).toArray();
    }

    private List<Step.Slice> decodes(int batch, int position) {
        List<Step.Slice> slices = new ArrayList<>();
        for (int stream = 0; stream < batch; stream++) {
            slices.add(new Step.Slice(tokens(1), position, blocks(stream), 1));
        }
        return slices;
    }

    private double decode(int batch) {
        double seconds = seconds(() -> {
            for (int i = 0; i < STEPS; i++) {
                run(decodes(batch, CONTEXT + i));
            }
        });
        return batch * STEPS / seconds;
    }

    /** A step of eight decoding streams and a chunk of a long prompt; median of nine. */
    double mixedStepMillis(int chunk) {
        List<Double> times = new ArrayList<>();
        int position = Math.min(LONG, runner.memory().blocks() * BLOCK - 16 * (CONTEXT + STEPS) - PROMPT);
        int[] blocks = IntStream.range(0, (position + PROMPT) / BLOCK).toArray();
        for (int i = 0; i < 9; i++) {
            List<Step.Slice> slices = decodes(8, CONTEXT + i);
            if (chunk > 0) {
                slices.add(new Step.Slice(tokens(chunk), position, blocks, 0));
            }
            times.add(1000 * seconds(() -> run(slices)));
        }
        return EngineFigures.median(times.stream());
    }

    /** The whole engine: a stream beside a prompt that fills the context, up to {@code promptTokens}. */
    PrefillStall.Report stall(int promptTokens) throws InterruptedException {
        return PrefillStall.measure(model, team, promptTokens);
    }

    private void run(List<Step.Slice> slices) {
        runner.run(new Step(slices), logits);
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() {
        runner.close();
    }
}
