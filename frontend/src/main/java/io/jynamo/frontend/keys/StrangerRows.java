package io.jynamo.frontend.keys;

/**
 * Which requests without a key that is taken are written down: so many a second, that nobody turns the audit log over who may not
 * come in. The rest is counted, and the next row tells how many they were. Any thread.
 */
final class StrangerRows {
    static final int PER_SECOND = 10;

    /** Of one that is not to be written. */
    static final long LEFT_OUT = -1;

    private static final long SECOND_NANOS = 1_000_000_000;

    private long begunNanos;
    private int taken;
    private long untold;
    private long leftOut;

    StrangerRows(long nowNanos) {
        this.begunNanos = nowNanos;
    }

    /** One more: how many were left out since the last that was not, or {@link #LEFT_OUT} where it is left out itself. */
    synchronized long onRow(long nowNanos) {
        if (nowNanos - begunNanos >= SECOND_NANOS) {
            begunNanos = nowNanos;
            taken = 0;
        }
        if (taken == PER_SECOND) {
            untold++;
            leftOut++;
            return LEFT_OUT;
        }
        taken++;
        long told = untold;
        untold = 0;
        return told;
    }

    /** How many were left out so far. */
    synchronized long leftOut() {
        return leftOut;
    }
}
