package io.jynamo.engine.schedule;

import java.util.Arrays;

/**
 * A map from sequence hash to block id: open addressing, linear probing, no tombstones, never more than half full. A
 * slot holds half of the hash beside the block, so that a probe is one look into memory; the whole hashes are the pool's.
 */
final class BlockIndex {
    /** What no slot in use holds: blocks are not negative. */
    private static final long FREE = -1;

    private final long[] sequences;
    private final long[] slots; // 32 mixed bits of the hash, then 32 bits of the block
    private final int mask;
    private int count;

    /** @param sequences each block's hash; while a block is in the map its hash must not change */
    BlockIndex(long[] sequences) {
        this.sequences = sequences;
        slots = new long[Integer.highestOneBit(Math.max(4, sequences.length)) * 4];
        mask = slots.length - 1;
        Arrays.fill(slots, FREE);
    }

    int count() {
        return count;
    }

    /** The block of a hash, or {@link BlockPool#NONE}. */
    int find(long sequence) {
        int mixed = mix(sequence);
        for (int at = mixed & mask; slots[at] != FREE; at = (at + 1) & mask) {
            if (mixedIn(slots[at]) == mixed && sequences[block(slots[at])] == sequence) {
                return block(slots[at]);
            }
        }
        return BlockPool.NONE;
    }

    /** Adds a block whose hash is not there yet. */
    void put(int block) {
        int mixed = mix(sequences[block]);
        int at = mixed & mask;
        while (slots[at] != FREE) {
            at = (at + 1) & mask;
        }
        slots[at] = slot(mixed, block);
        count++;
    }

    /** Removes a block that is there, closing the gap so that probing needs no tombstones. */
    void remove(int block) {
        int mixed = mix(sequences[block]);
        long removed = slot(mixed, block);
        int gap = mixed & mask;
        while (slots[gap] != removed) {
            if (slots[gap] == FREE) {
                throw new IllegalStateException("no block is registered under " + Long.toHexString(sequences[block]));
            }
            gap = (gap + 1) & mask;
        }
        count--;
        for (int at = (gap + 1) & mask; slots[at] != FREE; at = (at + 1) & mask) {
            int fromHome = (at - mixedIn(slots[at])) & mask;
            if (fromHome >= ((at - gap) & mask)) {
                slots[gap] = slots[at];
                gap = at;
            }
        }
        slots[gap] = FREE;
    }

    void clear() {
        Arrays.fill(slots, FREE);
        count = 0;
    }

    private static int mix(long sequence) {
        return (int) (sequence ^ (sequence >>> 32));
    }

    private static long slot(int mixed, int block) {
        return (long) mixed << 32 | block;
    }

    private static int mixedIn(long slot) {
        return (int) (slot >>> 32);
    }

    private static int block(long slot) {
        return (int) slot;
    }
}
