package io.jynamo.text.tokenizer;

import java.util.Arrays;

/**
 * The words of up to twelve bytes that a model makes one token, known from its vocabulary before any text is seen: one line of memory a
 * look-up, shared by all threads, never changed.
 *
 * <p>How it works: open addressing, two longs a word: the first eight bytes; then the other four (low half), the length (one byte) and the id
 * (three bytes). Tokens of low rank, which are the frequent ones, are put in first and so lie where their hash points.
 *
 * <p>Which tokens merging arrives at is decided without merging. A token is made of a left and a right part by a merge of some rank. Where
 * both parts are arrived at on their own, merging their joined bytes arrives at the token unless some symbol at the end of the left part and
 * one at the beginning of the right merge first. Each symbol lives from its own merge's rank to that of the merge that takes it up; only those
 * that live at once can merge, and do where their merge's rank comes before both ends. The one or two tokens in a hundred that cannot be decided so
 * are merged to see.
 */
final class WholeWords {
    static final int MAX_BYTES = 12;
    private static final int LENGTH_SHIFT = 32;

    private static final long KEY = (1L << 40) - 1;
    private static final int ID_SHIFT = 40;

    /** No words at all: models that have no use for the table. */
    static final WholeWords NONE = new WholeWords(0);

    private final long[] slots;
    private final int shift;

    private WholeWords(int expected) {
        int bits = Math.max(2, 32 - Integer.numberOfLeadingZeros(expected * 3 / 2));
        slots = new long[2 << bits];
        shift = 64 - bits;
    }

    /** All tokens of an index that are short enough, whatever merges say. */
    static WholeWords all(ByteIndex index) {
        var words = new WholeWords(index.size());
        for (int id = 0; id < index.size(); id++) {
            byte[] key = index.key(id);
            if (key.length > 0 && key.length <= MAX_BYTES) {
                byte[] s = Arrays.copyOf(key, 16);
                words.put(Utf8.longAt(s, 0), Utf8.longAt(s, 8), key.length, id);
            }
        }
        return words;
    }

    /** The tokens that merging a word's bytes arrives at; {@code byteIds} are the symbols of the 256 bytes. */
    static WholeWords reached(MergeTable merges, int[] byteIds) {
        var tokens = new ReachedTokens(merges, byteIds);
        var words = new WholeWords(tokens.count());
        tokens.forEach(words::put);
        return words;
    }

    private void put(long low, long rest, int length, int id) {
        long key = key(rest, length);
        int mask = slots.length - 1;
        int slot = home(low, key);
        while (slots[slot + 1] != 0) {
            if (slots[slot] == low && (slots[slot + 1] & KEY) == key) {
                return;
            }
            slot = (slot + 2) & mask;
        }
        slots[slot] = low;
        slots[slot + 1] = key | (long) id << ID_SHIFT;
    }

    static long hash(long low, long high) {
        return (low ^ (high * 0x9E3779B97F4A7C15L)) * 0xD6E8FEB86659FD93L;
    }

    /** The second long without the id. The lengths of words that are too long make keys that no word has. */
    private static long key(long rest, int length) {
        return (rest & 0xFFFFFFFFL) | (long) Math.min(length, MAX_BYTES + 1) << LENGTH_SHIFT;
    }

    private int home(long low, long key) {
        return (int) (hash(low, key) >>> shift) << 1;
    }

    /** The id of a word where it lies at its first place, else -1; no branch depends on the word. */
    int findAtHome(long low, long rest, int length) {
        long key = key(rest, length);
        int slot = home(low, key);
        long found = slots[slot + 1];
        long differs = (slots[slot] ^ low) | ((found ^ key) & KEY);
        return (int) (found >>> ID_SHIFT) | (int) ((differs | -differs) >> 63);
    }

    /** The id of a word, or -1; {@code low} are its first eight bytes, {@code rest} the others, zero where there are none. */
    int find(long low, long rest, int length) {
        long key = key(rest, length);
        int mask = slots.length - 1;
        for (int slot = home(low, key); ; slot = (slot + 2) & mask) {
            long found = slots[slot + 1];
            if (slots[slot] == low && (found & KEY) == key) {
                return (int) (found >>> ID_SHIFT);
            }
            if (found == 0) {
                return -1;
            }
        }
    }
}
