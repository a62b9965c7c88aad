package io.jynamo.engine.schedule;

/**
 * How many prompt tokens a step may take while other streams are decoding: at most the configured chunk, and less where
 * steps were measured to take so long that the streams would pause for more than the configured time. Alone, prompts may
 * take the whole batch, within five times that time.
 */
final class PrefillPace {
    private static final double NEWEST = 0.25;

    /** Steps without streams may take this many times as long: only new requests and cancellations wait for them. */
    private static final double ALONE = 5;

    private final int maxChunk;
    private final int maxAlone;
    private final int granule;
    private final long maxPauseNanos;
    private double decodeNanos;
    private double nanosPerToken;

    PrefillPace(SchedulerOptions options, int blockTokens) {
        maxChunk = options.prefillChunk();
        maxAlone = options.maxBatchedTokens();
        granule = Math.min(blockTokens, maxChunk);
        maxPauseNanos = options.maxPause().toNanos();
    }

    /**
     * Prompt tokens for one step at most.
     *
     * @param streams whether anybody decodes in it
     */
    int chunk(boolean streams) {
        int most = streams ? maxChunk : maxAlone;
        if (maxPauseNanos == 0 || nanosPerToken == 0) {
            return most;
        }
        double tokens = (streams ? maxPauseNanos : ALONE * maxPauseNanos) / nanosPerToken;
        return tokens >= most ? most : Math.max(granule, (int) tokens / granule * granule);
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
