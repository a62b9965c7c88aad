package io.jynamo.frontend.media;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The places of fetches that go on at one time. One that becomes free goes to whose key holds fewest of them, the longest waiting first; one
 * key holds three quarters at most, so that another never waits for its slow servers.
 */
final class FetchSlots {
    private static final class Waiter {
        private final String key;
        private final Condition turn;
        private boolean admitted;

        private Waiter(String key, Condition turn) {
            this.key = key;
            this.turn = turn;
        }
    }

    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> held = new HashMap<>();
    private final List<Waiter> waiting = new ArrayList<>();
    private int taken;

    FetchSlots(int most) {
        this.most = most;
    }

    /**
     * Waits for a place.
     *
     * @param key whose it is; empty where there are no keys, and nobody to share with
     * @return false where none became free in time
     */
    boolean acquire(String key, long deadlineNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Waiter me = new Waiter(key, lock.newCondition());
            waiting.add(me);
            admit();
            try {
                while (!me.admitted) {
                    if (me.turn.awaitNanos(deadlineNanos - System.nanoTime()) <= 0 && !me.admitted) {
                        return false;
                    }
                }
                return true;
            } catch (InterruptedException gone) {
                if (me.admitted) {
                    giveBack(key);
                }
                throw gone;
            } finally {
                waiting.remove(me);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives a place back. */
    void release(String key) {
        lock.lock();
        try {
            giveBack(key);
        } finally {
            lock.unlock();
        }
    }

    /** How many wait. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(String key) {
        taken--;
        held.computeIfPresent(key, (name, count) -> count == 1 ? null : count - 1);
        admit();
    }

    private void admit() {
        while (taken < most) {
            Waiter next = next();
            if (next == null) {
                return;
            }
            waiting.remove(next);
            next.admitted = true;
            taken++;
            held.merge(next.key, 1, Integer::sum);
            next.turn.signal();
        }
    }

    private @Nullable Waiter next() {
        Waiter best = null;
        int fewest = Integer.MAX_VALUE;
        for (Waiter one : waiting) {
            int its = held.getOrDefault(one.key, 0);
            if (its < fewest && its < share(one.key)) {
                best = one;
                fewest = its;
            }
        }
        return best;
    }

    private int share(String key) {
        return key.isEmpty() ? most : Math.max(1, most * 3 / 4);
    }
}
