package io.jynamo.text.tokenizer;

import java.util.Arrays;

/**
 * A list of merges as a table from pairs of ids to ranks: open addressing, one long a slot (two ids of 20 bits, a rank of 24), so that a
 * look-up touches one line of a few megabytes.
 */
final class MergeTable implements PairRanks {
    static final int MAX_ID = 1 << 20;
    static final int MAX_RANK = 1 << 24;

    private static final int ID_BITS = 20;
    private static final int RANK_BITS = 24;
    private static final long RANK = (1L << RANK_BITS) - 1;
    private static final long EMPTY = -1;

    private long[] table;
    private int mask;
    private int count;
    /** The id that each rank makes. */
    private int[] merged;

    MergeTable(int expected) {
        // Two thirds full at most: the smaller the table, the more of it is near.
        int slots = Integer.highestOneBit(Math.clamp(expected, 8, MAX_RANK) * 3 / 2) * 2;
        table = filled(slots);
        mask = slots - 1;
        merged = new int[Math.clamp(expected, 8, MAX_RANK)];
    }

    private static long[] filled(int slots) {
        var table = new long[slots];
        Arrays.fill(table, EMPTY);
        return table;
    }

    /** Adds a merge; of equal pairs the last one given counts, as in the library's own table. Ids are below {@link #MAX_ID}. */
    void put(int left, int right, int rank, int result) {
        if (count * 3 > mask * 2) {
            grow();
        }
        if (rank >= merged.length) {
            merged = Arrays.copyOf(merged, Math.max(rank + 1, merged.length * 2));
        }
        merged[rank] = result;
        long key = key(left, right);
        int slot = slot(key);
        if (table[slot] == EMPTY) {
            count++;
        }
        table[slot] = (key << RANK_BITS) | rank;
    }

    private void grow() {
        long[] old = table;
        table = filled(old.length * 2);
        mask = table.length - 1;
        for (long entry : old) {
            if (entry != EMPTY) {
                table[slot(entry >>> RANK_BITS)] = entry;
            }
        }
    }

    private static long key(int left, int right) {
        return ((long) left << ID_BITS) | right;
    }

    private int slot(long key) {
        int slot = home(key);
        while (table[slot] != EMPTY && table[slot] >>> RANK_BITS != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long key) {
        long h = key * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 35) & mask;
    }

    @Override
    public long find(int left, int right, byte[] s, int from, int to) {
        long key = key(left, right);
        long[] t = table;
        for (int slot = home(key); ; slot = (slot + 1) & mask) {
            long found = t[slot];
            if (found >>> RANK_BITS == key) {
                return (found & RANK) << 32;
            }
            if (found == EMPTY) {
                return NONE;
            }
        }
    }

    /** The rank of merging two ids, or -1. */
    int rank(int left, int right) {
        long key = key(left, right);
        long[] t = table;
        for (int slot = home(key); ; slot = (slot + 1) & mask) {
            long found = t[slot];
            if (found >>> RANK_BITS == key) {
                return (int) (found & RANK);
            }
            if (found == EMPTY) {
                return -1;
            }
        }
    }

    /** Receives a merge. */
    interface Visitor {
        void merge(int left, int right, int rank, int result);
    }

    /** Every merge that counts, lowest rank first. */
    void forEachByRank(Visitor visitor) {
        var byRank = new long[merged.length];
        Arrays.fill(byRank, EMPTY);
        for (long entry : table) {
            if (entry != EMPTY) {
                byRank[(int) (entry & RANK)] = entry >>> RANK_BITS;
            }
        }
        for (int rank = 0; rank < byRank.length; rank++) {
            if (byRank[rank] != EMPTY) {
                int left = (int) (byRank[rank] >>> ID_BITS);
                visitor.merge(left, (int) byRank[rank] & (MAX_ID - 1), rank, merged[rank]);
            }
        }
    }

    /** The highest id of any merge. */
    int maxId() {
        int[] most = {0};
        forEachByRank((left, right, rank, result) ->
                most[0] = Math.max(most[0], Math.max(result, Math.max(left, right))));
        return most[0];
    }

    /** The id that the merge of a rank makes. */
    int result(int rank) {
        return merged[rank];
    }

    @Override
    public int merged(long pair) {
        return merged[(int) (pair >> 32)];
    }
}
