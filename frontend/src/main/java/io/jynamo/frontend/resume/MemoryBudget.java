package io.jynamo.frontend.resume;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that all streams draw from. Thread-safe. */
final class MemoryBudget {
    private final long total;
    private final AtomicLong taken = new AtomicLong();

    MemoryBudget(long total) {
        this.total = total;
    }

    /** Takes all of it or nothing. */
    boolean tryTake(long bytes) {
        long now;
        do {
            now = taken.get();
            if (now + bytes > total) {
                return false;
            }
        } while (!taken.compareAndSet(now, now + bytes));
        return true;
    }

    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
