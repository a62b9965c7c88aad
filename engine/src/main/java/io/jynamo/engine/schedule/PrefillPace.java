package io.jynamo.engine.schedule;

/**
 * How many prompt tokens a step may take while other streams are decoding: at most the configured chunk, and less where
 * steps were measured to take so long that the streams would pause for more than the configured time.
 */
final class PrefillPace {
    private static final double NEWEST = 0.25;

    private final int maxChunk;
    private final int granule;
    private final long maxPauseNanos;
    private double decodeNanos;
    private double nanosPerToken;

    PrefillPace(SchedulerOptions options, int blockTokens) {
        maxChunk = options.prefillChunk();
        granule = Math.min(blockTokens, maxChunk);
        maxPauseNanos = options.maxPause().toNanos();
    }

    int chunk() {
        if (maxPauseNanos == 0 || nanosPerToken == 0) {
            return maxChunk;
        }
        double tokens = maxPauseNanos / nanosPerToken;
        if (tokens >= maxChunk) {
            return maxChunk;
        }
        return Math.max(granule, (int) tokens / granule * granule);
    }

    /** Learns from a step. */
    void observe(StepPlan.Shape shape, long nanos) {
        if (shape.prefillTokens() == 0) {
            decodeNanos += NEWEST * (nanos - decodeNanos);
        } else {
            double base = shape.decodes() == 0 ? 0 : decodeNanos;
            double cost = Math.max(0, nanos - base) / shape.prefillTokens();
            nanosPerToken = nanosPerToken == 0 ? cost : nanosPerToken + NEWEST * (cost - nanosPerToken);
        }
    }
}
