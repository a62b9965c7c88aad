package io.jynamo.router.index;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When what was taken out of the index may be used for something else: once every reader that could have seen it has
 * left. Readers never wait for it, and nobody waits for readers: what cannot be reused yet lies idle.
 *
 * <p><b>How it works.</b> A reader counts itself in on the side of the present epoch, odd or even, and out on the same.
 * The epoch moves on when the side that becomes the present one is empty. After two moves each side was seen empty once,
 * so whoever was inside at the beginning has left. (Sleepable read-copy-update counts alike.)
 *
 * <table>
 * <caption>Fields and how they are accessed</caption>
 * <tr><td>{@code inside[i]}</td><td>reader: atomic add, a full fence; writer: acquire, after a full fence</td></tr>
 * <tr><td>{@code epoch}</td><td>writer: volatile; reader: volatile; a reader may count itself on a side that has
 * meanwhile become the other one, which delays a move and breaks nothing</td></tr>
 * </table>
 */
final class Grace {
    private static final int STRIPES = 16;
    private static final int LINE = 8;
    static final long BYTES = 8L * LINE * (2 * STRIPES + 1);

    private final AtomicLongArray inside = new AtomicLongArray((2 * STRIPES + 1) * LINE);
    private volatile int epoch;

    /** A reader comes in; gives what {@link #leave} wants. */
    int enter() {
        int stripe = (int) Thread.currentThread().threadId() & (STRIPES - 1);
        int at = ((epoch & 1) * STRIPES + stripe + 1) * LINE;
        inside.getAndIncrement(at);
        return at;
    }

    void leave(int at) {
        inside.getAndDecrement(at);
    }

    int epoch() {
        return epoch;
    }

    /** Whether what was taken out at epoch {@code then} can be seen by nobody any more. */
    boolean isOver(int then) {
        return epoch - then >= 2;
    }

    /** For the writer: moves on as far as readers allow. */
    void advance() {
        VarHandle.fullFence();
        for (int move = 0; move < 2 && isEmpty((epoch + 1) & 1); move++) {
            int next = epoch + 1;
            epoch = next;
        }
    }

    private boolean isEmpty(int side) {
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            if (inside.getAcquire((side * STRIPES + stripe + 1) * LINE) != 0) {
                return false;
            }
        }
        return true;
    }
}
