package io.jynamo.text.tokenizer;

/**
 * The words of one lane that are one token each, at most twelve bytes long, in front of the shared cache: one line of memory a look-up. Only
 * the thread that holds the lane touches it.
 *
 * <p>Layout, two longs a slot: the first eight bytes; then the other four (low half), the length (one byte) and the id (three bytes).
 */
final class HotWords {
    static final int MAX_BYTES = 12;
    static final long KEY = (1L << 40) - 1;
    static final int ID_SHIFT = 40;

    private static final int SLOTS = 1 << 15;
    static final int MASK = (SLOTS - 1) << 1;

    final long[] slots = new long[SLOTS * 2];

    /** Where a word's slot begins. */
    static int slot(long low, long key) {
        long h = (low ^ (key * 0x9E3779B97F4A7C15L)) * 0xD6E8FEB86659FD93L;
        return (int) (h >>> 40) & MASK;
    }

    void put(long low, long key, int id) {
        int slot = slot(low, key);
        slots[slot] = low;
        slots[slot + 1] = key | ((long) id << ID_SHIFT);
    }
}
