package io.jynamo.frontend.batch;

import java.time.Duration;

/**
 * What batches may take.
 *
 * @param concurrency lines under way at one time, of all batches
 * @param lines of one batch
 * @param lineBytes of one line
 * @param openBatches that have lines under way at one time; others wait
 * @param ownerBatches of one owner that are not over
 * @param keptBatches of one owner, with those that are over
 * @param window until a batch expires
 * @param kept how long one that is over can be read
 * @param modelPatience how long after the start a model that is not there may still come
 */
public record BatchLimits(
        int concurrency,
        int lines,
        int lineBytes,
        int openBatches,
        int ownerBatches,
        int keptBatches,
        Duration window,
        Duration kept,
        Duration modelPatience) {
    /**
     * Eight lines at one time, and as many in a batch as OpenAI takes. Those that run are in memory, 32 MiB at most; all
     * others are in the input.
     */
    public static final BatchLimits DEFAULT = new BatchLimits(
            8, 50_000, 4 << 20, 8, 100, 10_000, Duration.ofHours(24), Duration.ofDays(30), Duration.ofMinutes(1));

    public BatchLimits {
        if (concurrency < 1 || lines < 1 || lineBytes < 1 || openBatches < 1 || ownerBatches < 1 || keptBatches < 1) {
            throw new IllegalArgumentException("limits of batches must be positive");
        }
    }

    public BatchLimits withConcurrency(int most) {
        return new BatchLimits(
                most, lines, lineBytes, openBatches, ownerBatches, keptBatches, window, kept, modelPatience);
    }

    public BatchLimits withLines(int most, int bytes) {
        return new BatchLimits(
                concurrency, most, bytes, openBatches, ownerBatches, keptBatches, window, kept, modelPatience);
    }

    public BatchLimits withModelPatience(Duration patience) {
        return new BatchLimits(
                concurrency, lines, lineBytes, openBatches, ownerBatches, keptBatches, window, kept, patience);
    }
}
