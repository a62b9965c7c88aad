package io.jynamo.protocol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often a request of one worker ends while others run or wait there: what somebody who finds it full is told to wait.
 * Not safe for use by several threads.
 */
public final class Turnover {
    /** The weight of the newest gap in the mean: about the last eight count. */
    private static final double NEWEST = 0.125;

    private double meanGapNanos;
    private long lastNanos;
    private boolean running;
    private boolean measured;

    /** A request ended; {@code others} still run or wait. */
    public void onEnd(long nowNanos, boolean others) {
        if (running) {
            double gap = nowNanos - lastNanos;
            meanGapNanos = measured ? meanGapNanos + (gap - meanGapNanos) * NEWEST : gap;
            measured = true;
        }
        lastNanos = nowNanos;
        // The time in which nothing ran says nothing of how long requests take.
        running = others;
    }

    /** When the next place is likely to come free, or null before any was seen to. */
    public @Nullable Duration untilNext(long nowNanos) {
        return measured ? Duration.ofNanos(Math.max((long) meanGapNanos, nowNanos - lastNanos)) : null;
    }
}
