package io.jynamo.text.tokenizer;

import java.util.Arrays;

/** Token ids by the bytes of their keys: an open-addressing table over one array of all keys. */
final class ByteIndex {
    private static final int NONE = -1;

    private final byte[] keys;
    private final int[] offsets;
    private final int[] slots;
    private final int mask;
    private final int longest;

    private ByteIndex(byte[] keys, int[] offsets, int[] slots, int longest) {
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
        var slots = new int[Integer.highestOneBit(Math.max(8, keys.length)) * 4];
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
        for (int slot = Utf8.hash(keys, from, to) & mask; ; slot = (slot + 1) & mask) {
            int other = slots[slot];
            if (other == NONE) {
                slots[slot] = id;
                return;
            }
            if (Arrays.equals(keys, offsets[other], offsets[other + 1], keys, from, to)) {
                return;
            }
        }
    }

    /** The id of these bytes, or -1. */
    int find(byte[] s, int from, int to) {
        if (to - from > longest) {
            return NONE;
        }
        for (int slot = Utf8.hash(s, from, to) & mask; ; slot = (slot + 1) & mask) {
            int id = slots[slot];
            if (id == NONE || Arrays.equals(keys, offsets[id], offsets[id + 1], s, from, to)) {
                return id;
            }
        }
    }

    int find(byte[] key) {
        return find(key, 0, key.length);
    }

    /** The length in bytes of the longest key. */
    int longest() {
        return longest;
    }
}
