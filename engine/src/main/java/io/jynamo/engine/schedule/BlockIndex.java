package io.jynamo.engine.schedule;

import java.util.Arrays;

/**
 * A map from sequence hash to block id: open addressing, linear probing, no tombstones, never more than half full. The
 * hashes themselves are the pool's, so that the table is small enough for a core's own cache.
 */
final class BlockIndex {
    private final long[] sequences;
    private final int[] blocks;
    private final int mask;
    private int count;

    /** @param sequences each block's hash; while a block is in the map its hash must not change */
    BlockIndex(long[] sequences) {
        this.sequences = sequences;
        int slots = Integer.highestOneBit(Math.max(4, sequences.length)) * 4;
        blocks = new int[slots];
        mask = slots - 1;
        Arrays.fill(blocks, BlockPool.NONE);
    }

    int count() {
        return count;
    }

    /** The block of a hash, or {@link BlockPool#NONE}. */
    int find(long sequence) {
        for (int slot = home(sequence); blocks[slot] != BlockPool.NONE; slot = (slot + 1) & mask) {
            if (sequences[blocks[slot]] == sequence) {
                return blocks[slot];
            }
        }
        return BlockPool.NONE;
    }

    /** Adds a block whose hash is not there yet. */
    void put(int block) {
        int slot = home(sequences[block]);
        while (blocks[slot] != BlockPool.NONE) {
            slot = (slot + 1) & mask;
        }
        blocks[slot] = block;
        count++;
    }

    /** Removes a block that is there, closing the gap so that probing needs no tombstones. */
    void remove(int block) {
        int gap = home(sequences[block]);
        while (blocks[gap] != block) {
            if (blocks[gap] == BlockPool.NONE) {
                throw new IllegalStateException("no block is registered under " + Long.toHexString(sequences[block]));
            }
            gap = (gap + 1) & mask;
        }
        count--;
        for (int slot = (gap + 1) & mask; blocks[slot] != BlockPool.NONE; slot = (slot + 1) & mask) {
            int distance = (slot - home(sequences[blocks[slot]])) & mask;
            if (distance >= ((slot - gap) & mask)) {
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

    private int home(long sequence) {
        return (int) (sequence ^ (sequence >>> 32)) & mask;
    }
}
