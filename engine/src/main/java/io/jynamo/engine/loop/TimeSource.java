package io.jynamo.engine.loop;

import java.util.concurrent.locks.LockSupport;

/** Where a step loop's time comes from. */
public interface TimeSource {
    /** The machine's monotonic clock. */
    TimeSource SYSTEM = new TimeSource() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void waitUntil(long nanos) {
            // Parking returns late by the timer slack, never early for good: the last stretch is checked again.
            for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    };

    /** Now, in nanoseconds from an arbitrary start; never goes back. */
    long nanos();

    /** Returns when {@link #nanos} has reached {@code nanos}. */
    void waitUntil(long nanos);
}
