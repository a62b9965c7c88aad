package io.jynamo.router.load;

import java.util.Arrays;

/**
 * The distinct blocks that running requests hold, each with the number of its holders: a counting hash table, so that a
 * prefix many requests share is counted once. One thread at a time.
 */
final class ActiveBlocks {
    private static final int FIRST_CAPACITY = 256;
    /** Not made smaller than this: load that comes and goes must not make the table come and go. */
    private static final int KEPT_CAPACITY = 8192;

    private long[] keys = new long[FIRST_CAPACITY];
    private int[] holders = new int[FIRST_CAPACITY];
    private int distinct;

    int distinct() {
        return distinct;
    }

    /** One more holder of each block. */
    void add(long[] sequences) {
        for (long sequence : sequences) {
            if (distinct >= keys.length / 2) {
                resize(keys.length * 2);
            }
            int slot = slot(sequence);
            if (holders[slot]++ == 0) {
                keys[slot] = sequence;
                distinct++;
            }
        }
    }

    /** One holder fewer of each block, all of which it has. */
    void remove(long[] sequences) {
        for (long sequence : sequences) {
            int slot = slot(sequence);
            if (holders[slot] == 0) {
                throw new IllegalStateException("a block was released that nobody holds");
            }
            if (--holders[slot] == 0) {
                distinct--;
                closeGap(slot);
            }
        }
        if (keys.length > KEPT_CAPACITY && distinct < keys.length / 16) {
            resize(keys.length / 4);
        }
    }

    /** How many leading blocks have a holder. */
    int depth(long[] sequences) {
        int depth = 0;
        while (depth < sequences.length && holders[slot(sequences[depth])] > 0) {
            depth++;
        }
        return depth;
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = home(key, mask);
        while (holders[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Moves later entries of a run back, so that no search ends early at the freed slot. */
    private void closeGap(int freed) {
        int mask = keys.length - 1;
        int gap = freed;
        for (int i = (gap + 1) & mask; holders[i] != 0; i = (i + 1) & mask) {
            int fromHome = (i - home(keys[i], mask)) & mask;
            if (fromHome >= ((i - gap) & mask)) {
                keys[gap] = keys[i];
                holders[gap] = holders[i];
                holders[i] = 0;
                gap = i;
            }
        }
    }

    private void resize(int capacity) {
        long[] oldKeys = keys;
        int[] oldHolders = holders;
        keys = new long[capacity];
        holders = new int[capacity];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldHolders[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                holders[slot] = oldHolders[i];
            }
        }
    }

    private static int home(long key, int mask) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    }

    @Override
    public String toString() {
        return distinct + " of " + keys.length + ": " + Arrays.stream(holders).sum() + " holders";
    }
}
