package io.jynamo.router.select;

/**
 * How many times as long as the fleet a worker takes: the ratio of what was seen to what was expected, smoothed, within
 * {@value #SLOWEST} times either way. It returns to 1 by half every {@value #HALF_LIFE_SECONDS} seconds, so that a worker
 * that was slow once is tried again. One thread at a time.
 */
final class PaceFactor {
    static final int SLOWEST = 8;
    static final int HALF_LIFE_SECONDS = 60;

    private final double newest;
    private double log;
    /** Of the ratios. */
    private double variance;

    private long at;

    /** @param newest what the latest ratio counts among all */
    PaceFactor(double newest) {
        this.newest = newest;
    }

    double now(long nowNanos) {
        double mean = faded(nowNanos);
        double chance = variance * newest / (2 - newest);
        return chance >= mean * mean ? 1 : Math.exp(mean - chance / mean);
    }

    /** Something took so long where the fleet would take {@code expected}. */
    void see(double millis, double expected, long nowNanos) {
        double ratio = Math.log(Math.clamp(millis / Math.max(1e-3, expected), 1.0 / SLOWEST, SLOWEST));
        log = faded(nowNanos);
        at = nowNanos;
        double off = ratio - log;
        log += newest * off;
        variance = (1 - newest) * (variance + newest * off * off);
    }

    private double faded(long nowNanos) {
        return log * Math.pow(0.5, (nowNanos - at) / 1e9 / HALF_LIFE_SECONDS);
    }
}
