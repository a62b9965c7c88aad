package io.jynamo.frontend.generate;

import java.util.Arrays;

/**
 * How long the first tokens of one model lately took, and within which time a share of them came. Of the last {@value #KEPT};
 * looked at anew every {@value #EVERY}. Any thread.
 *
 * <p>A request that a second worker came to help counts with all that it took, so it is above the time after which help
 * came: the share that waits for longer stays the same, and the time does not sink from hedge to hedge.
 */
final class FirstTokenTimes {
    static final int KEPT = 512;
    static final int EVERY = 32;

    /** What {@link #within} says before enough is known. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private final double share;
    private final long[] latest = new long[KEPT];
    private long count;
    private volatile long within = UNKNOWN;

    /** @param share above 0, at most 1 */
    FirstTokenTimes(double share) {
        this.share = share;
    }

    /** One took so long. */
    synchronized void see(long nanos) {
        latest[(int) (count++ % KEPT)] = nanos;
        if (count % EVERY == 0) {
            long[] sorted = Arrays.copyOf(latest, (int) Math.min(count, KEPT));
            Arrays.sort(sorted);
            within = sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
        }
    }

    /** In nanoseconds, or {@link #UNKNOWN}. */
    long within() {
        return within;
    }
}
