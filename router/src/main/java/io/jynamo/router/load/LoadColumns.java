package io.jynamo.router.load;

import java.util.Arrays;

/**
 * What is booked on each worker of one router, as columns by the worker's number, which its {@link LoadBook} keeps up to
 * date: a choice among a thousand workers reads arrays and takes no lock. A reader on another thread than a booking's may
 * see figures a moment old, and those of one worker from two moments.
 */
public final class LoadColumns {
    private final ActiveBlocks active = new ActiveBlocks();
    private volatile Columns now = new Columns(new long[8], new long[8], new int[8]);

    /**
     * The columns, as long as those of the router's workers.
     *
     * @param prefillTokens prompt tokens not yet computed
     * @param blocks distinct blocks in use
     * @param requests running or waiting
     */
    @SuppressWarnings("ArrayRecordComponent") // written by many, read by a choice
    public record Columns(long[] prefillTokens, long[] blocks, int[] requests) {}

    public Columns now() {
        return now;
    }

    /** Room for worker numbers below {@code count}. Books that exist must be told to {@link LoadBook#publish}. */
    public void reserve(int count) {
        Columns before = now;
        if (count > before.requests.length) {
            int capacity = Math.max(count, 2 * before.requests.length);
            now = new Columns(
                    Arrays.copyOf(before.prefillTokens, capacity),
                    Arrays.copyOf(before.blocks, capacity),
                    Arrays.copyOf(before.requests, capacity));
        }
    }

    /** Sets {@code depths} to how many leading blocks of a prompt each worker's requests hold already. */
    public void sharedBlocks(long[] sequences, int count, int[] depths) {
        active.depths(sequences, count, depths);
    }

    ActiveBlocks active() {
        return active;
    }

    void set(int worker, long prefillTokens, long blocks, int requests) {
        Columns columns = now;
        columns.prefillTokens[worker] = prefillTokens;
        columns.blocks[worker] = blocks;
        columns.requests[worker] = requests;
    }
}
