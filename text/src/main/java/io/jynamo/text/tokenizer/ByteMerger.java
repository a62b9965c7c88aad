package io.jynamo.text.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Merges the bytes of short words by a list of merges: the same ids as {@link BpeMerger}, faster.
 *
 * <p>How it works: symbols stay where their first byte is; a bit mask tells which are still there, so nothing is moved. A pair's key is its
 * rank and its place in one int, so the least key is the next merge. Pairs of bytes, half of all that are looked for, have a table of their
 * own that stays near.
 */
final class ByteMerger {
    /** Two places of the mask are for what stands before and after. */
    static final int MAX_BYTES = 62;

    private static final int PLACE_BITS = 6;
    private static final int PLACE = (1 << PLACE_BITS) - 1;
    /** No merge: above every key. */
    private static final int NONE = Integer.MAX_VALUE & ~PLACE;

    /** An id that no merge has: what stands before and after a word, so that its ends are no case of their own. */
    private static final int NOTHING = MergeTable.MAX_ID - 1;

    private final MergeTable merges;
    private final int[] byteIds;
    /** By two bytes: the rank of their merge, in place for a key, or {@link #NONE}. */
    private final int[] pairs;

    /** The symbols of one word. */
    static final class Scratch {
        private final int[] ids = new int[MAX_BYTES + 2];
        private final int[] keys = new int[MAX_BYTES + 2];
    }

    private ByteMerger(MergeTable merges, int[] byteIds) {
        this.merges = merges;
        this.byteIds = byteIds;
        this.pairs = new int[1 << 16];
        for (int left = 0; left < 256; left++) {
            for (int right = 0; right < 256; right++) {
                pairs[left << 8 | right] = key(byteIds[left], byteIds[right]);
            }
        }
    }

    /** Null where a byte has no symbol. */
    static @Nullable ByteMerger of(MergeTable merges, int[] byteIds) {
        return Arrays.stream(byteIds).allMatch(id -> id >= 0) ? new ByteMerger(merges, byteIds) : null;
    }

    private int key(int left, int right) {
        int rank = merges.rank(left, right);
        return rank < 0 ? NONE : rank << PLACE_BITS;
    }

    /** Adds the ids of the bytes from {@code from} to {@code to}, at most {@link #MAX_BYTES}. */
    void encode(byte[] s, int from, int to, Scratch scratch, IdBuffer out) {
        int[] ids = scratch.ids;
        int[] keys = scratch.keys;
        int n = to - from;
        int first = s[from] & 0xFF;
        ids[0] = NOTHING;
        keys[0] = NONE;
        ids[1] = byteIds[first];
        for (int i = 1; i < n; i++) {
            int second = s[from + i] & 0xFF;
            ids[i + 1] = byteIds[second];
            keys[i] = pairs[first << 8 | second] | i;
            first = second;
        }
        ids[n + 1] = NOTHING;
        int padded = (n + 8) & -8;
        for (int i = n; i < padded; i++) {
            keys[i] = NONE;
        }
        long there = -1L >>> (62 - n);
        for (int least = least(keys, padded); least < NONE; least = least(keys, padded)) {
            int at = least & PLACE;
            int made = merges.result(least >>> PLACE_BITS);
            long after = there & (-2L << at);
            int right = Long.numberOfTrailingZeros(after);
            there ^= after & -after;
            int next = Long.numberOfTrailingZeros(after & (after - 1));
            int left = 63 - Long.numberOfLeadingZeros(there & ((1L << at) - 1));
            ids[at] = made;
            keys[right] = NONE;
            keys[at] = key(made, ids[next]) | at;
            keys[left] = key(ids[left], made) | left;
        }
        there &= ~1L & (1L << (n + 1)) - 1;
        out.reserve(Long.bitCount(there));
        int[] found = out.ids;
        int count = out.count;
        for (; there != 0; there &= there - 1) {
            found[count++] = ids[Long.numberOfTrailingZeros(there)];
        }
        out.count = count;
    }

    private static int least(int[] keys, int padded) {
        int least = NONE;
        for (int i = 0; i < padded; i += 8) {
            int a = Math.min(Math.min(keys[i], keys[i + 1]), Math.min(keys[i + 2], keys[i + 3]));
            int b = Math.min(Math.min(keys[i + 4], keys[i + 5]), Math.min(keys[i + 6], keys[i + 7]));
            least = Math.min(least, Math.min(a, b));
        }
        return least;
    }
}
