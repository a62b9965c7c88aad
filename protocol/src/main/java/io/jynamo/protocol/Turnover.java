package io.jynamo.engine.schedule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How often a request ends while others wait: what somebody who finds the queue full is told to wait. */
final class Turnover {
    /** The weight of the newest gap in the mean: about the last eight count. */
    private static final double NEWEST = 0.125;

    private double meanGapNanos;
    private long lastNanos;
    private boolean running;
    private boolean measured;

    /** A request ended; {@code others} still run or wait. */
    void onEnd(long nowNanos, boolean others) {
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
    @Nullable
    Duration untilNext(long nowNanos) {
        return measured ? Duration.ofNanos(Math.max((long) meanGapNanos, nowNanos - lastNanos)) : null;
    }
}
