package io.jynamo.protocol;

import java.util.Arrays;

/**
 * The hashes of a prompt's full blocks, first to last, in arrays that are used again for the next prompt: for who hashes
 * many prompts and keeps none. One thread at a time.
 */
public final class BlockHashBuffer {
    private long[] local = new long[0];
    private long[] sequence = new long[0];
    private int count;

    /** How many blocks. */
    public int count() {
        return count;
    }

    /** Hash of each block's own tokens, from index 0 to below {@link #count}; changes with the next prompt. */
    public long[] local() {
        return local;
    }

    /** Hash of each block with everything before it, from index 0 to below {@link #count}; changes with the next prompt. */
    public long[] sequence() {
        return sequence;
    }

    /** Blocks that there is room for without new arrays. */
    public int capacity() {
        return local.length;
    }

    /** Nothing is hashed. */
    public void clear() {
        count = 0;
    }

    /** Takes hashes that somebody else computed. */
    public void set(BlockHashes hashes) {
        resize(hashes.count());
        System.arraycopy(hashes.local(), 0, local, 0, count);
        System.arraycopy(hashes.sequence(), 0, sequence, 0, count);
    }

    /** What is in it, to be kept. */
    public BlockHashes copy() {
        return new BlockHashes(Arrays.copyOf(local, count), Arrays.copyOf(sequence, count));
    }

    /** Room for so many blocks, whose hashes are still to be written. */
    void resize(int blocks) {
        if (blocks > local.length) {
            int room = Math.max(blocks, 2 * local.length);
            local = new long[room];
            sequence = new long[room];
        }
        count = blocks;
    }
}
