package io.jynamo.bench.frontend;

import io.jynamo.bench.load.LoadGenerator;
import io.jynamo.bench.load.LoadOptions;
import io.jynamo.bench.load.LoadReport;
import io.jynamo.bench.load.ProcessUsage;
import io.jynamo.bench.process.Child;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a server's memory does under loads that could make it grow: long prompts never seen before, and slow readers. */
final class Bounds {
    private static final int STAGES = 5;

    private final Target target;
    private final List<Path> corpus;

    Bounds(Target target, List<Path> corpus) {
        this.target = target;
        this.corpus = corpus;
    }

    /** Resident memory after each of several stages of unique prompts of 8,000 tokens. */
    String uniquePrompts(int requestsPerStage) throws IOException {
        List<String> sizes = new ArrayList<>();
        for (int stage = 0; stage < STAGES; stage++) {
            LoadReport report = LoadGenerator.run(load(8_000, 64, 32, requestsPerStage, stage, 0, 60));
            if (!report.errors().isEmpty()) {
                throw Child.failed(target.name() + " failed on unique prompts: " + report.errors());
            }
            sizes.add(mebibytes(ProcessUsage.of(target.pid()).rssMib()));
        }
        return String.format(
                Locale.ROOT,
                "%s: RSS after each %d unique prompts of 8,000 tokens: %s MiB, peak %s",
                target.name(),
                requestsPerStage,
                String.join(", ", sizes),
                mebibytes(ProcessUsage.of(target.pid()).peakMib()));
    }

    /** Resident memory before and after clients took 2 kB a second of answers of 6,000 tokens for some seconds. */
    String slowReaders(int clients, int seconds) throws IOException {
        double before = ProcessUsage.of(target.pid()).rssMib();
        LoadReport report = LoadGenerator.run(load(50, 6_000, clients, clients, STAGES, 2_000, seconds));
        double after = ProcessUsage.of(target.pid()).rssMib();
        return String.format(
                Locale.ROOT,
                "%s: %d clients took 2 kB/s of answers of 6,000 tokens for %d s: RSS %s MiB before, %s after; cut off: %s",
                target.name(),
                clients,
                seconds,
                mebibytes(before),
                mebibytes(after),
                report.errors());
    }

    private LoadOptions load(int prompt, int output, int clients, int requests, int stage, int readRate, int seconds) {
        LoadOptions.Shape shape = new LoadOptions.Shape(
                target.model(), true, true, prompt, 0, 1, output, false, corpus, target.extra(), 77_000L + stage);
        return new LoadOptions(
                target.url(),
                shape,
                clients,
                0,
                0,
                requests,
                Duration.ofMinutes(2),
                Duration.ofSeconds(seconds),
                readRate,
                false,
                Map.of());
    }

    private static String mebibytes(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }
}
