package io.jynamo.router.index;

/** Deadlines by key, in one open-addressing table that grows and shrinks. Used by one writer at a time. */
final class DeadlineTable {
    private static final int LEAST = 16;
    private static final long SLOT_BYTES = 16;

    private final MemoryBudget budget;

    /** 0 is free. */
    private long[] keys = new long[0];

    private long[] deadlines = new long[0];
    private int count;

    DeadlineTable(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Sets a deadline; false where there is no room. */
    boolean put(long key, long deadline) {
        if (4 * (count + 1) > 3 * keys.length && !resize(Math.max(LEAST, 2 * keys.length))) {
            return false;
        }
        int at = at(key);
        if (keys[at] == 0) {
            keys[at] = stored(key);
            count++;
        }
        deadlines[at] = deadline;
        return true;
    }

    /** Sets a deadline unless there is a later one. */
    boolean extend(long key, long deadline) {
        if (keys.length > 0) {
            int at = at(key);
            if (keys[at] != 0 && deadlines[at] - deadline >= 0) {
                return true;
            }
        }
        return put(key, deadline);
    }

    /** Makes room for so many more keys; false where there is none. */
    boolean reserve(int more) {
        int capacity = Math.max(LEAST, keys.length);
        while (4L * (count + more) > 3L * capacity && capacity < 1 << 30) {
            capacity *= 2;
        }
        return 4L * (count + more) <= 3L * capacity && (capacity == keys.length || resize(capacity));
    }

    /** The deadline of a key, or {@code none}. */
    long get(long key, long none) {
        int at = keys.length == 0 ? -1 : at(key);
        return at < 0 || keys[at] == 0 ? none : deadlines[at];
    }

    /** Whether there is a deadline and it is not after {@code time}. */
    boolean isDue(long key, long time) {
        if (keys.length == 0) {
            return false;
        }
        int at = at(key);
        return keys[at] != 0 && deadlines[at] - time <= 0;
    }

    void remove(long key) {
        if (keys.length == 0) {
            return;
        }
        int mask = keys.length - 1;
        int hole = at(key);
        if (keys[hole] == 0) {
            return;
        }
        for (int i = (hole + 1) & mask; keys[i] != 0; i = (i + 1) & mask) {
            if (((i - start(keys[i])) & mask) >= ((i - hole) & mask)) {
                keys[hole] = keys[i];
                deadlines[hole] = deadlines[i];
                hole = i;
            }
        }
        keys[hole] = 0;
        count--;
        if (count == 0 || (keys.length > LEAST && 8 * count < keys.length)) {
            resize(count == 0 ? 0 : keys.length / 2);
        }
    }

    private boolean resize(int capacity) {
        if (!budget.take(capacity * SLOT_BYTES)) {
            return false;
        }
        long[] oldKeys = keys;
        long[] oldDeadlines = deadlines;
        keys = new long[capacity];
        deadlines = new long[capacity];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int at = at(oldKeys[i]);
                keys[at] = oldKeys[i];
                deadlines[at] = oldDeadlines[i];
            }
        }
        budget.give(oldKeys.length * SLOT_BYTES);
        return true;
    }

    /** The slot of a key, or the free one where it would go. */
    private int at(long key) {
        int mask = keys.length - 1;
        int i = start(stored(key));
        while (keys[i] != 0 && keys[i] != stored(key)) {
            i = (i + 1) & mask;
        }
        return i;
    }

    private int start(long key) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & (keys.length - 1);
    }

    private static long stored(long key) {
        return key == 0 ? 1 : key;
    }
}
