package io.jynamo.router.index;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes one index may have and has. Changed by one writer at a time, read by any thread. */
final class MemoryBudget {
    private final long max;
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(long max) {
        this.max = max;
    }

    /** Takes the bytes, unless that would exceed the limit. */
    boolean take(long bytes) {
        long after = used.getPlain() + bytes;
        if (after > max) {
            return false;
        }
        used.setRelease(after);
        return true;
    }

    void give(long bytes) {
        used.setRelease(used.getPlain() - bytes);
    }

    long used() {
        return used.getAcquire();
    }

    long max() {
        return max;
    }
}
