package io.jynamo.text.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * From the bytes of a word to its ids, bounded, shared by all threads and kept between texts.
 *
 * <p>How it works: two tables of references to immutable entries, one for words of up to 15 bytes, whose bytes and length lie in two longs,
 * one for longer words. An entry's fields are final, so a thread that reads a reference written by another without any ordering still sees
 * the entry whole; a lost write costs one more encoding. Each word has two places; a third word that falls on them takes the second.
 *
 * <p>Memory: at most {@link #SHORT_SLOTS} + {@link #LONG_SLOTS} entries, a few megabytes for common text.
 */
final class WordCache {
    static final int SHORT_SLOTS = 1 << 17;
    static final int LONG_SLOTS = 1 << 13;
    /** Longer words are not kept: they seldom come again. */
    static final int MAX_BYTES = 512;

    static final int SHORT_BYTES = 15;

    private static final int SHORT_MASK = SHORT_SLOTS - 1;
    private static final int LONG_MASK = LONG_SLOTS - 1;
    static final long[] LOW = new long[16];
    static final long[] HIGH = new long[16];

    static {
        for (int n = 0; n < 16; n++) {
            LOW[n] = n >= 8 ? -1L : (1L << (8 * n)) - 1;
            HIGH[n] = n <= 8 ? 0 : (1L << (8 * (n - 8))) - 1;
        }
    }

    private final @Nullable Entry[] shorts = new Entry[SHORT_SLOTS];
    private final @Nullable Entry[] longs = new Entry[LONG_SLOTS];

    /** A word and its ids: {@code id} where there is one, else {@code ids}. */
    static final class Entry {
        final long low;
        final long high;
        final int id;
        final int[] ids;
        final byte[] word;

        Entry(long low, long high, byte[] word, int[] ids) {
            this.low = low;
            this.high = high;
            this.word = word;
            this.ids = ids;
            this.id = ids.length == 1 ? ids[0] : -1;
        }
    }

    private static final byte[] NO_WORD = {};

    /** The first eight bytes of a word of up to 15, zero where it is shorter. */
    static long low(byte[] s, int from, int length) {
        return Utf8.longAt(s, from) & LOW[length];
    }

    /** The other bytes and the length. */
    static long high(byte[] s, int from, int length) {
        return (Utf8.longAt(s, from + 8) & HIGH[length]) | ((long) length << 56);
    }

    private static int shortSlot(long low, long high) {
        long h = (low ^ (high * 0x9E3779B97F4A7C15L)) * 0xD6E8FEB86659FD93L;
        return (int) (h >>> 40) & SHORT_MASK;
    }

    /** The entry of a short word, or null. */
    @Nullable
    Entry findShort(long low, long high) {
        int slot = shortSlot(low, high);
        Entry entry = shorts[slot];
        if (entry != null && entry.low == low && entry.high == high) {
            return entry;
        }
        entry = shorts[slot ^ 1];
        return entry != null && entry.low == low && entry.high == high ? entry : null;
    }

    void putShort(long low, long high, int[] ids) {
        int slot = shortSlot(low, high);
        place(shorts, slot, new Entry(low, high, NO_WORD, ids));
    }

    @Nullable
    Entry findLong(byte[] s, int from, int to) {
        int slot = Utf8.hash(s, from, to) & LONG_MASK;
        Entry entry = longs[slot];
        if (entry != null && Arrays.equals(entry.word, 0, entry.word.length, s, from, to)) {
            return entry;
        }
        entry = longs[slot ^ 1];
        return entry != null && Arrays.equals(entry.word, 0, entry.word.length, s, from, to) ? entry : null;
    }

    void putLong(byte[] s, int from, int to, int[] ids) {
        int slot = Utf8.hash(s, from, to) & LONG_MASK;
        place(longs, slot, new Entry(0, 0, Arrays.copyOfRange(s, from, to), ids));
    }

    private static void place(@Nullable Entry[] table, int slot, Entry entry) {
        if (table[slot] != null) {
            table[slot ^ 1] = table[slot];
        }
        table[slot] = entry;
    }
}
