package io.jynamo.engine.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where anybody leaves messages for one thread, which sleeps when there are none.
 *
 * <p>The reader says that it sleeps and then looks once more; who posts adds the message and then looks for a sleeper. So
 * one of the two sees the other, and no message lies while its reader sleeps.
 *
 * <table>
 * <caption>fields shared between threads</caption>
 * <tr><th>field</th><th>written by</th><th>read by</th></tr>
 * <tr><td>messages</td><td>anybody (add)</td><td>the reader (poll)</td></tr>
 * <tr><td>sleeper</td><td>the reader, volatile</td><td>whoever posts, after adding: wakes it if there is one</td></tr>
 * </table>
 */
class Mailbox {
    private final Queue<Object> messages = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread sleeper;

    void post(Object message) {
        messages.add(message);
        Thread sleeping = sleeper;
        if (sleeping != null) {
            unpark(sleeping);
        }
    }

    /** The oldest message, or null; for the reader. */
    @Nullable
    Object poll() {
        return messages.poll();
    }

    /** Waits for a message, or until {@code nanos}; {@link Long#MAX_VALUE} for no end. For the reader. */
    void await(long nanos, TimeSource time) {
        sleeper = Thread.currentThread();
        try {
            while (messages.isEmpty()) {
                long left = nanos == Long.MAX_VALUE ? nanos : nanos - time.nanos();
                if (left <= 0) {
                    return;
                }
                park(left);
            }
        } finally {
            sleeper = null;
        }
    }

    /** May return early, as the JDK's does; {@link Long#MAX_VALUE} for no end. */
    void park(long nanos) {
        if (nanos == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, nanos);
        }
    }

    void unpark(Thread thread) {
        LockSupport.unpark(thread);
    }
}
