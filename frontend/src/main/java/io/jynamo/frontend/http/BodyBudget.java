package io.jynamo.frontend.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that request bodies may hold at one time, all connections together. Huge bodies leave a part of it to the others, so that a few
 * of them never keep ordinary requests out.
 */
public final class BodyBudget {
    /** What huge bodies leave: one part in so many. */
    private static final int RESERVED = 8;

    private final long limit;
    private final long hugeLimit;
    private final AtomicLong held = new AtomicLong();

    /** @param largest the largest single body, which must have room in any case */
    BodyBudget(long limit, long largest) {
        this.limit = limit;
        this.hugeLimit = Math.max(limit - limit / RESERVED, Math.min(limit, largest));
    }

    /** Takes {@code bytes}, or nothing and false when they are not left. */
    public boolean tryTake(long bytes, boolean huge) {
        if (held.addAndGet(bytes) > (huge ? hugeLimit : limit)) {
            held.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Gives back what was taken. */
    public void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }
}
