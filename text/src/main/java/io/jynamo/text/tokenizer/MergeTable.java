package io.jynamo.text.tokenizer;

/** A list of merges as a table from pairs of ids: open addressing, key and value side by side. */
final class MergeTable implements PairRanks {
    private static final long EMPTY = -1;

    private long[] table;
    private int mask;
    private int count;

    MergeTable(int expected) {
        allocate(Integer.highestOneBit(Math.max(8, expected)) * 4);
    }

    private void allocate(int slots) {
        table = new long[slots * 2];
        mask = slots - 1;
        for (int i = 0; i < table.length; i += 2) {
            table[i] = EMPTY;
        }
    }

    /** Adds a merge; of equal pairs the last one given counts, as in the library's own table. */
    void put(int left, int right, int rank, int merged) {
        if (count * 2 > mask) {
            grow();
        }
        long key = key(left, right);
        int slot = slot(key);
        if (table[2 * slot] == EMPTY) {
            count++;
        }
        table[2 * slot] = key;
        table[2 * slot + 1] = ((long) rank << 32) | merged;
    }

    private void grow() {
        long[] old = table;
        allocate((mask + 1) * 2);
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] != EMPTY) {
                int slot = slot(old[i]);
                table[2 * slot] = old[i];
                table[2 * slot + 1] = old[i + 1];
            }
        }
    }

    private static long key(int left, int right) {
        return ((long) left << 32) | right;
    }

    private int slot(long key) {
        int slot = home(key);
        while (table[2 * slot] != EMPTY && table[2 * slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long key) {
        long h = key * 0x9E3779B97F4A7C15L;
        return (int) ((h >>> 32) ^ (h >>> 15)) & mask;
    }

    @Override
    public long find(int left, int right, byte[] s, int from, int to) {
        long key = ((long) left << 32) | (right & 0xFFFFFFFFL);
        long[] t = table;
        for (int slot = home(key); ; slot = (slot + 1) & mask) {
            long found = t[2 * slot];
            if (found == key) {
                return t[2 * slot + 1];
            }
            if (found == EMPTY) {
                return NONE;
            }
        }
    }
}
