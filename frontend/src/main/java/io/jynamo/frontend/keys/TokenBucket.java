package io.jynamo.frontend.keys;

/**
 * A budget that refills evenly: so much per minute, up to a capacity. Told the time, in milliseconds of a clock that only
 * goes forward; a time before the last one counts as the last.
 *
 * <p>What is taken may exceed what is there, for nobody knows an answer's length beforehand; the debt is then paid off
 * before anything is given again. Counted in whole parts, 60000 to the token, so that the wait it names is exact.
 */
final class TokenBucket {
    private static final long PARTS = 60_000;
    private static final long DEEPEST = -(1L << 60);

    private long perMinute;
    private long capacity;
    private long level;
    private long atMillis;

    /** Begins full. */
    TokenBucket(long perMinute, long capacity, long nowMillis) {
        this.perMinute = perMinute;
        this.capacity = capacity;
        this.level = capacity * PARTS;
        this.atMillis = nowMillis;
    }

    /** Goes on with other figures; what is there stays, up to the new capacity. */
    void change(long toPerMinute, long toCapacity, long nowMillis) {
        advance(nowMillis);
        perMinute = toPerMinute;
        capacity = toCapacity;
        level = Math.min(level, full());
    }

    /** How long until {@code count} can be taken; more than the capacity is given when all of it is there. */
    long waitMillis(long count, long nowMillis) {
        advance(nowMillis);
        long missing = Math.min(count, capacity) * PARTS - level;
        return missing <= 0 ? 0 : Math.ceilDiv(missing, perMinute);
    }

    void take(long count, long nowMillis) {
        advance(nowMillis);
        level = Math.max(DEEPEST, level - count * PARTS);
    }

    void giveBack(long count, long nowMillis) {
        advance(nowMillis);
        level = Math.min(full(), level + count * PARTS);
    }

    /** What can be taken now, in whole tokens. */
    long remaining(long nowMillis) {
        advance(nowMillis);
        return Math.max(0, level / PARTS);
    }

    /** How long until it is full. */
    long fullInMillis(long nowMillis) {
        advance(nowMillis);
        return Math.ceilDiv(full() - level, perMinute);
    }

    private void advance(long nowMillis) {
        long elapsed = nowMillis - atMillis;
        if (elapsed <= 0) {
            return;
        }
        atMillis = nowMillis;
        long untilFull = Math.ceilDiv(full() - level, perMinute);
        level = elapsed >= untilFull ? full() : level + elapsed * perMinute;
    }

    private long full() {
        return capacity * PARTS;
    }
}
