package io.jynamo.text.tokenizer;

import java.util.Arrays;

/**
 * A list of merges as a table from pairs of ids to ranks.
 *
 * <p>How it works: open addressing, one int a slot: seven bits of the pair's hash and a rank of 24. The pair itself, and what it becomes, lies
 * by rank in one long. So a look-up that finds nothing touches one line of a table that is small enough to stay near, and one that finds
 * something also a long that the merge will want.
 */
final class MergeTable implements PairRanks {
    static final int MAX_ID = 1 << 20;
    static final int MAX_RANK = 1 << 24;

    private static final int ID_BITS = 20;
    private static final int ID = MAX_ID - 1;
    private static final int RANK_BITS = 24;
    private static final int RANK = MAX_RANK - 1;
    private static final int EMPTY = -1;

    private int[] table;
    private int mask;
    private int count;
    /** Left id, right id and the id they make, or {@link #EMPTY}. */
    private long[] byRank;

    MergeTable(int expected) {
        // Two thirds full at most: the smaller the table, the more of it is near.
        int slots = Integer.highestOneBit(Math.clamp(expected, 8, MAX_RANK) * 3 / 2) * 2;
        table = filled(slots);
        mask = slots - 1;
        byRank = new long[Math.clamp(expected, 8, MAX_RANK)];
        Arrays.fill(byRank, EMPTY);
    }

    private static int[] filled(int slots) {
        var table = new int[slots];
        Arrays.fill(table, EMPTY);
        return table;
    }

    /**
     * Adds a merge; of equal pairs the last one given counts, as in the library's own table. Ids are below {@link #MAX_ID}, and no two merges
     * have one rank.
     */
    void put(int left, int right, int rank, int result) {
        if (count * 3 > mask * 2) {
            grow();
        }
        if (rank >= byRank.length) {
            int known = byRank.length;
            byRank = Arrays.copyOf(byRank, Math.max(rank + 1, known * 2));
            Arrays.fill(byRank, known, byRank.length, EMPTY);
        }
        long key = key(left, right);
        int slot = slot(key);
        if (table[slot] == EMPTY) {
            count++;
        } else {
            byRank[table[slot] & RANK] = EMPTY;
        }
        byRank[rank] = (key << ID_BITS) | result;
        table[slot] = entry(key, rank);
    }

    private void grow() {
        int[] old = table;
        table = filled(old.length * 2);
        mask = table.length - 1;
        for (int entry : old) {
            if (entry != EMPTY) {
                table[slot(byRank[entry & RANK] >>> ID_BITS)] = entry;
            }
        }
    }

    private static long key(int left, int right) {
        return ((long) left << ID_BITS) | right;
    }

    /** Where a pair lies, or the free slot where it would. */
    private int slot(long key) {
        int slot = home(key);
        while (table[slot] != EMPTY && byRank[table[slot] & RANK] >>> ID_BITS != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int home(long key) {
        return (int) (hash(key) >>> 32) & mask;
    }

    private static long hash(long key) {
        return key * 0x9E3779B97F4A7C15L;
    }

    /** Never negative: the slot's place tells the hash's lower bits, the entry the seven highest. */
    private static int entry(long key, int rank) {
        return ((int) (hash(key) >>> 57) << RANK_BITS) | rank;
    }

    @Override
    public long find(int left, int right, byte[] s, int from, int to) {
        int rank = rank(left, right);
        return rank < 0 ? NONE : (long) rank << 32;
    }

    /** The rank of merging two ids, or -1. */
    int rank(int left, int right) {
        long key = key(left, right);
        long hash = hash(key);
        int[] t = table;
        int mask = t.length - 1;
        int mark = (int) (hash >>> 57);
        for (int slot = (int) (hash >>> 32) & mask; ; slot = (slot + 1) & mask) {
            int found = t[slot];
            if (found >>> RANK_BITS == mark && byRank[found & RANK] >>> ID_BITS == key) {
                return found & RANK;
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
        for (int rank = 0; rank < byRank.length; rank++) {
            long merge = byRank[rank];
            if (merge != EMPTY) {
                int left = (int) (merge >>> (2 * ID_BITS));
                visitor.merge(left, (int) (merge >>> ID_BITS) & ID, rank, (int) merge & ID);
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
        return (int) byRank[rank] & ID;
    }

    @Override
    public int merged(long pair) {
        return result((int) (pair >> 32));
    }
}
