package io.jynamo.text.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * From the bytes of a word of 16 to {@link #MAX_BYTES} bytes to its ids, bounded, shared by all threads and kept between texts.
 *
 * <p>How it works: a table of references to immutable entries. An entry's fields are final, so a thread that reads a reference written by
 * another without any ordering still sees the entry whole; a lost write costs one more encoding. Each word has two places; a third word that
 * falls on them drives out the older.
 *
 * <p>Memory: at most {@link #SLOTS} entries, about a megabyte for common text.
 */
final class LongWords {
    static final int SLOTS = 1 << 13;
    /** Longer words are not kept: they seldom come again. */
    static final int MAX_BYTES = 512;

    private static final int MASK = SLOTS - 1;

    private final @Nullable Entry[] entries = new Entry[SLOTS];

    @SuppressWarnings("ArrayRecordComponent") // nobody else sees them
    private record Entry(byte[] word, int[] ids) {
        boolean is(byte[] s, int from, int to) {
            return Arrays.equals(word, 0, word.length, s, from, to);
        }
    }

    /** The ids of a word, or null. */
    int @Nullable [] find(byte[] s, int from, int to) {
        int slot = Utf8.hash(s, from, to) & MASK;
        Entry entry = entries[slot];
        if (entry != null && entry.is(s, from, to)) {
            return entry.ids;
        }
        entry = entries[slot ^ 1];
        return entry != null && entry.is(s, from, to) ? entry.ids : null;
    }

    void put(byte[] s, int from, int to, int[] ids) {
        int slot = Utf8.hash(s, from, to) & MASK;
        if (entries[slot] != null) {
            entries[slot ^ 1] = entries[slot];
        }
        entries[slot] = new Entry(Arrays.copyOfRange(s, from, to), ids);
    }
}
