package io.jynamo.text.tokenizer;

import java.util.Arrays;

/** Token ids by the bytes of their keys: an open-addressing table over one array of all keys. */
final class ByteIndex {
    private static final int NONE = -1;

    private final byte[] keys;
    private final int[] offsets;
    /** Hash (high half) and id (low half), or -1. */
    private final long[] slots;

    private final int mask;
    private final int longest;

    private ByteIndex(byte[] keys, int[] offsets, long[] slots, int longest) {
        this.keys = keys;
        this.offsets = offsets;
        this.slots = slots;
        this.mask = slots.length - 1;
        this.longest = longest;
    }

    /** Indexes {@code keys[id]} for each id whose key is not null; of equal keys the lowest id wins. */
    static ByteIndex of(byte[][] keys) {
        int total = 0;
        int longest = 0;
        for (byte[] key : keys) {
            if (key != null) {
                total += key.length;
                longest = Math.max(longest, key.length);
            }
        }
        var all = new byte[total + Utf8.SLACK];
        var offsets = new int[keys.length + 1];
        var slots = new long[Integer.highestOneBit(Math.max(8, keys.length) * 3 / 2) * 2];
        Arrays.fill(slots, NONE);
        var index = new ByteIndex(all, offsets, slots, longest);
        int at = 0;
        for (int id = 0; id < keys.length; id++) {
            offsets[id] = at;
            if (keys[id] != null) {
                System.arraycopy(keys[id], 0, all, at, keys[id].length);
                at += keys[id].length;
            }
            offsets[id + 1] = at;
            if (keys[id] != null) {
                index.insert(id);
            }
        }
        return index;
    }

    private void insert(int id) {
        int from = offsets[id];
        int to = offsets[id + 1];
        int hash = Utf8.hash(keys, from, to);
        int slot = hash & mask;
        while (slots[slot] != NONE) {
            int other = (int) slots[slot];
            boolean sameHash = (int) (slots[slot] >> 32) == hash;
            if (sameHash && Arrays.equals(keys, offsets[other], offsets[other + 1], keys, from, to)) {
                return;
            }
            slot = (slot + 1) & mask;
        }
        slots[slot] = ((long) hash << 32) | id;
    }

    /** The id of these bytes, or -1. */
    int find(byte[] s, int from, int to) {
        if (to - from > longest) {
            return NONE;
        }
        int hash = Utf8.hash(s, from, to);
        for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
            long found = slots[slot];
            if (found == NONE) {
                return NONE;
            }
            if ((int) (found >> 32) == hash) {
                int id = (int) found;
                if (Arrays.equals(keys, offsets[id], offsets[id + 1], s, from, to)) {
                    return id;
                }
            }
        }
    }

    /** How many ids there may be: those with a key are below it. */
    int size() {
        return offsets.length - 1;
    }

    /** The key of an id, empty where it has none. */
    byte[] key(int id) {
        return Arrays.copyOfRange(keys, offsets[id], offsets[id + 1]);
    }

    int find(byte[] key) {
        return find(key, 0, key.length);
    }

    /** The length in bytes of the longest key. */
    int longest() {
        return longest;
    }
}
