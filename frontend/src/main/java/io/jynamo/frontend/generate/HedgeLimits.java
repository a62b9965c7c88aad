package io.jynamo.frontend.generate;

import java.time.Duration;

/**
 * When a request whose first token is slow is given to a second worker too.
 *
 * @param after so long after its first worker was given it, or no sooner where there is a quantile; zero for never without one
 * @param quantile after the time within which that share of its model's first tokens lately came, at most 1; 0 for none
 * @param share of all requests at most, 0 to 1
 */
public record HedgeLimits(Duration after, double quantile, double share) {
    public static final double DEFAULT_SHARE = 0.05;
    private static final Duration LEAST = Duration.ofMillis(50);
    private static final Duration MOST = Duration.ofMinutes(1);

    /** Never. */
    public static final HedgeLimits OFF = new HedgeLimits(Duration.ZERO, 0, DEFAULT_SHARE);

    public HedgeLimits {
        if (after.isNegative()) {
            throw new IllegalArgumentException("the time before a hedge must not be negative: " + after);
        }
        if (!(quantile >= 0 && quantile <= 1)) {
            throw new IllegalArgumentException("the quantile of hedges is from 0 to 1, not " + quantile);
        }
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("the share of hedges is from 0 to 1, not " + share);
        }
    }

    /** After a fixed time. */
    public HedgeLimits(Duration after, double share) {
        this(after, 0, share);
    }

    boolean isOff() {
        return after.isZero() && quantile == 0;
    }

    boolean learns() {
        return quantile > 0;
    }

    /**
     * After how many nanoseconds a second worker is asked.
     *
     * @param within what the quantile lately was
     */
    long afterNanos(long within) {
        if (!learns() || within == FirstTokenTimes.UNKNOWN) {
            return learns() ? FirstTokenTimes.UNKNOWN : after.toNanos();
        }
        long least = Math.max(LEAST.toNanos(), after.toNanos());
        return Math.clamp(within, least, Math.max(least, MOST.toNanos()));
    }
}
