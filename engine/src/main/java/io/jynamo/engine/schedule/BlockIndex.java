package io.jynamo.engine.schedule;

import java.util.Arrays;

/** A map from sequence hash to block id: open addressing, linear probing, no tombstones, never more than half full. */
final class BlockIndex {
    private final long[] keys;
    private final int[] blocks;
    private final int mask;
    private int count;

    /** @param capacity entries at most */
    BlockIndex(int capacity) {
        int slots = Integer.highestOneBit(Math.max(4, capacity)) * 4;
        keys = new long[slots];
        blocks = new int[slots];
        mask = slots - 1;
        Arrays.fill(blocks, BlockPool.NONE);
    }

    int count() {
        return count;
    }

    /** The block of a hash, or {@link BlockPool#NONE}. */
    int find(long key) {
        for (int slot = home(key); blocks[slot] != BlockPool.NONE; slot = (slot + 1) & mask) {
            if (keys[slot] == key) {
                return blocks[slot];
            }
        }
        return BlockPool.NONE;
    }

    /** Adds a key that is not there yet. */
    void put(long key, int block) {
        int slot = home(key);
        while (blocks[slot] != BlockPool.NONE) {
            slot = (slot + 1) & mask;
        }
        keys[slot] = key;
        blocks[slot] = block;
        count++;
    }

    /** Removes a key that is there, closing the gap so that probing needs no tombstones. */
    void remove(long key) {
        int gap = home(key);
        while (keys[gap] != key || blocks[gap] == BlockPool.NONE) {
            if (blocks[gap] == BlockPool.NONE) {
                throw new IllegalStateException("no block is registered under " + Long.toHexString(key));
            }
            gap = (gap + 1) & mask;
        }
        count--;
        for (int slot = (gap + 1) & mask; blocks[slot] != BlockPool.NONE; slot = (slot + 1) & mask) {
            int distance = (slot - home(keys[slot])) & mask;
            if (distance >= ((slot - gap) & mask)) {
                keys[gap] = keys[slot];
                blocks[gap] = blocks[slot];
                gap = slot;
            }
        }
        blocks[gap] = BlockPool.NONE;
    }

    void clear() {
        Arrays.fill(blocks, BlockPool.NONE);
        count = 0;
    }

    private int home(long key) {
        return (int) (key ^ (key >>> 32)) & mask;
    }
}
