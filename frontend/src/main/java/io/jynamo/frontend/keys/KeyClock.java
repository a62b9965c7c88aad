package io.jynamo.frontend.keys;

import java.util.concurrent.TimeUnit;

/** Where the time comes from that limits count by. */
public interface KeyClock {
    /** The machine's. */
    KeyClock SYSTEM = new KeyClock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    };

    /** By a clock that only goes forward. */
    long nanos();

    /** By the clock on the wall. */
    long epochMillis();

    default Moment now() {
        return new Moment(TimeUnit.NANOSECONDS.toMillis(nanos()), epochMillis());
    }
}
