package io.jynamo.bench.frontend;

import io.jynamo.bench.load.LoadOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One kind of load, done to every target in turn.
 *
 * @param paced engines at a GPU's speed
 * @param words few common words instead of real text
 * @param warmup requests before the first round
 * @param requests in each round
 */
record Cell(
        String name,
        boolean paced,
        boolean words,
        int promptTokens,
        int outputTokens,
        int concurrency,
        int warmup,
        int requests) {

    /** All of them; {@code --cells} chooses by name. */
    static final List<Cell> ALL = List.of(
            new Cell("burst-1000", false, false, 1_000, 64, 32, 200, 800),
            new Cell("burst-1000-words", false, true, 1_000, 64, 32, 200, 800),
            new Cell("burst-8000", false, false, 8_000, 64, 32, 100, 200),
            new Cell("burst-200", false, true, 200, 64, 32, 200, 1_000),
            new Cell("burst-output", false, true, 50, 1_000, 32, 50, 100),
            new Cell("single", false, false, 1_000, 64, 1, 50, 200),
            new Cell("paced-1000", true, false, 1_000, 64, 32, 32, 96),
            new Cell("paced-single", true, false, 1_000, 16, 1, 5, 25));

    /**
     * What a JVM does first, so that its compiler rests while it is measured. At a GPU's pace thousands of long prompts
     * would be minutes of prefill: there each begins like one of 500 that the engines keep.
     */
    static LoadOptions warmUp(boolean paced, Target target, List<Path> corpus) {
        return paced
                ? options(target, warmUpShape(target, corpus, 50, 1_000, 500, 16), 128, 4_000, Map.of())
                : options(target, warmUpShape(target, corpus, 1_000, 0, 1, 64), 32, 10_000, Map.of());
    }

    private static LoadOptions.Shape warmUpShape(
            Target target, List<Path> corpus, int own, int shared, int groups, int output) {
        long seed = "warm-up".hashCode();
        return new LoadOptions.Shape(
                target.model(), true, true, own, shared, groups, output, false, corpus, target.extra(), seed);
    }

    Cell withRequests(int count) {
        return new Cell(name, paced, words, promptTokens, outputTokens, concurrency, warmup, count);
    }

    boolean isSingle() {
        return concurrency == 1;
    }

    LoadOptions load(Target target, List<Path> corpus, int round, boolean warming) {
        // Every round has its own prompts, the same for each target.
        LoadOptions.Shape shape = new LoadOptions.Shape(
                target.model(),
                true,
                true,
                promptTokens,
                0,
                1,
                outputTokens,
                words,
                corpus,
                target.extra(),
                name.hashCode() * 1_000L + round);
        return options(
                target,
                shape,
                concurrency,
                warming ? warmup : requests,
                warming ? Map.of() : Map.of(target.name(), target.pid()));
    }

    private static LoadOptions options(
            Target target, LoadOptions.Shape shape, int concurrency, int requests, Map<String, Long> pids) {
        Duration patience = Duration.ofSeconds(60);
        return new LoadOptions(target.url(), shape, concurrency, 0, 0, requests, patience, patience, 0, false, pids);
    }
}
