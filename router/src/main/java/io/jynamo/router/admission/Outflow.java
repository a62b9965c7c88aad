package io.jynamo.router.admission;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How fast those who wait leave, and what somebody is told by it. Pure; not for several threads at once.
 *
 * <p>Gaps between departures count only while others waited, for the time in which nobody waits says nothing. A refused
 * client is told when a place will be free for it: each that was sent away before it, and that may come back, takes one.
 */
final class Outflow {
    /** What nothing is refused by before. */
    static final int LEAST_SEEN = 8;
    /** The weight of the newest in the means: about the last sixteen count. */
    private static final double NEWEST = 1.0 / 16;

    private double meanGapNanos;
    private double meanFirstTokenNanos;
    private int gaps;
    private int firstTokens;
    private long lastNanos;
    private boolean waiting;
    private int promised;

    /** One left the line; {@code others} still wait. */
    void onLeave(long nowNanos, boolean others) {
        if (waiting) {
            meanGapNanos = mean(meanGapNanos, gaps, (double) (nowNanos - lastNanos));
            gaps = Math.min(LEAST_SEEN, gaps + 1);
        }
        lastNanos = nowNanos;
        waiting = others;
        promised = Math.max(0, promised - 1);
    }

    /** A request's prompt was computed so long after it was given to its worker. */
    void onFirstToken(long nanos) {
        meanFirstTokenNanos = mean(meanFirstTokenNanos, firstTokens, (double) nanos);
        firstTokens = Math.min(LEAST_SEEN, firstTokens + 1);
    }

    /** When a client that is sent away may come again, or null before it is known. */
    @Nullable
    Duration retryAfter(long nowNanos) {
        if (gaps == 0) {
            return null;
        }
        double untilNext = Math.max(meanGapNanos, (double) (nowNanos - lastNanos));
        Duration told = Duration.ofNanos((long) (untilNext + meanGapNanos * promised));
        promised++;
        return told;
    }

    /** How long it takes until the first token of one with so many before it, or -1 before enough was seen. */
    long untilFirstToken(int ahead) {
        if (gaps < LEAST_SEEN) {
            return -1;
        }
        double first = firstTokens < LEAST_SEEN ? 0 : meanFirstTokenNanos;
        return (long) (meanGapNanos * (ahead + 1.0) + first);
    }

    private static double mean(double before, int seen, double newest) {
        return seen == 0 ? newest : before + (newest - before) * Math.max(NEWEST, 1.0 / (seen + 1));
    }
}
