package io.jynamo.frontend.generate;

import java.time.Duration;

/**
 * The wait of a run whose output is whole for what its engine counted: some tell cached tokens behind the last token only,
 * and one that has no time to do so at once still says the truth. Bounded, for the sake of those that never do. Event loop
 * only.
 */
final class LateCount {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();

    private boolean waiting;
    private long sinceNanos;

    /** Whether all output is there and so is what was counted, or has been waited for long enough. */
    boolean isSettled(Started now, long nowNanos) {
        if (!now.allDone()) {
            return false;
        }
        if (!now.owesCount()) {
            return true;
        }
        if (!waiting) {
            waiting = true;
            sinceNanos = nowNanos;
        }
        return nowNanos - sinceNanos >= PATIENCE_NANOS;
    }
}
