package io.jynamo.frontend.fleet;

import io.jynamo.frontend.metrics.LiveCount;

/**
 * How fast the frontend's workers are. Latencies are milliseconds, not a number where there were none.
 *
 * @param timeMillis Unix time
 * @param tokensPerSecond of output, in the last second
 * @param requestsPerSecond that began, in the last second
 */
record Pace(
        long timeMillis,
        double tokensPerSecond,
        double requestsPerSecond,
        double firstTokenP50,
        double firstTokenP99,
        double interTokenP50,
        double interTokenP99) {
    private static final double NANOS = 1e9;

    /**
     * Of what was counted.
     *
     * @param second in the last second, or thereabouts
     * @param nanos how long that was
     * @param window in the time that percentiles are of
     */
    static Pace of(long timeMillis, LiveCount second, long nanos, LiveCount window) {
        double seconds = nanos / NANOS;
        return new Pace(
                timeMillis,
                second.tokens() / seconds,
                second.requests() / seconds,
                window.firstTokenMillis(0.5),
                window.firstTokenMillis(0.99),
                window.interTokenMillis(0.5),
                window.interTokenMillis(0.99));
    }
}
