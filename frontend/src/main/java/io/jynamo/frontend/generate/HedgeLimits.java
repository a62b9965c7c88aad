package io.jynamo.frontend.generate;

import java.time.Duration;

/**
 * When a request whose first token is slow is given to a second worker too.
 *
 * @param after so long after its first worker was given it; zero for never
 * @param share of all requests at most, 0 to 1
 */
public record HedgeLimits(Duration after, double share) {
    public static final double DEFAULT_SHARE = 0.05;

    /** Never. */
    public static final HedgeLimits OFF = new HedgeLimits(Duration.ZERO, DEFAULT_SHARE);

    public HedgeLimits {
        if (after.isNegative()) {
            throw new IllegalArgumentException("the time before a hedge must not be negative: " + after);
        }
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("the share of hedges is from 0 to 1, not " + share);
        }
    }

    boolean isOff() {
        return after.isZero();
    }
}
