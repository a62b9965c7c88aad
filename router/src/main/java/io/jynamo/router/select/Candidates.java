package io.jynamo.router.select;

import java.util.Arrays;

/**
 * The workers that may get a request, as columns: row i of every column is worker i. Filled by the router, read by a
 * policy, which writes {@link #cost}.
 *
 * <p>Columns: leading prompt blocks in the worker's cache; prompt tokens booked on it and not computed; distinct blocks
 * of the requests booked on it; leading prompt blocks that those requests already hold; booked requests; the number of
 * the decision that last chose it (-1: never); its id and what is expected of it.
 */
public final class Candidates {
    private static final long[] NO_BLOCKS = new long[0];

    private final int promptTokens;
    private final int blockTokens;
    private int count;
    private int[] row;
    private int[] hitBlocks;
    private long[] prefillTokens;
    private long[] activeBlocks;
    private int[] sharedBlocks;
    private int[] requests;
    private long[] lastChosen;
    private About[] about;
    private double[] cost;
    private long[] sequences = NO_BLOCKS;

    /** @param capacity rows at first; more are made as needed */
    public Candidates(int promptTokens, int blockTokens, int capacity) {
        this.promptTokens = promptTokens;
        this.blockTokens = blockTokens;
        row = new int[capacity];
        hitBlocks = new int[capacity];
        prefillTokens = new long[capacity];
        activeBlocks = new long[capacity];
        sharedBlocks = new int[capacity];
        requests = new int[capacity];
        lastChosen = new long[capacity];
        about = new About[capacity];
        cost = new double[capacity];
    }

    /** What is booked on a worker, and when it was last chosen. */
    public record Booked(long prefillTokens, long activeBlocks, int sharedBlocks, int requests, long lastChosen) {}

    /**
     * What is known of the worker itself.
     *
     * @param worker its id
     * @param outlook what is expected of it, for a policy that learns
     */
    public record About(long worker, Outlook outlook) {}

    /** Adds a worker of which nothing else is known; {@code key} is the caller's own name for it, and its id. */
    public void add(int key, int hits, Booked booked) {
        add(key, hits, booked, new About(key, Outlook.UNKNOWN));
    }

    /** Adds a worker; {@code key} is the caller's own name for it. */
    public void add(int key, int hits, Booked booked, About known) {
        if (count == row.length) {
            grow();
        }
        row[count] = key;
        hitBlocks[count] = hits;
        prefillTokens[count] = booked.prefillTokens();
        activeBlocks[count] = booked.activeBlocks();
        sharedBlocks[count] = booked.sharedBlocks();
        requests[count] = booked.requests();
        lastChosen[count] = booked.lastChosen();
        about[count] = known;
        count++;
    }

    /** Gives the hashes of the prompt's full blocks, first to last; not copied. */
    public void sequences(long[] hashes) {
        sequences = hashes;
    }

    /** Full prompt blocks whose hashes are known; none where the policy does not read blocks. */
    public int hashedBlocks() {
        return sequences.length;
    }

    /** The hash of a full prompt block and all before it. */
    public long sequence(int block) {
        return sequences[block];
    }

    public int promptTokens() {
        return promptTokens;
    }

    public int blockTokens() {
        return blockTokens;
    }

    /** Blocks of the prompt, the last partial one included. */
    public int promptBlocks() {
        return Math.ceilDiv(promptTokens, blockTokens);
    }

    public int count() {
        return count;
    }

    /** The caller's name for worker {@code i}. */
    public int key(int i) {
        return row[i];
    }

    public int hitBlocks(int i) {
        return hitBlocks[i];
    }

    public long prefillTokens(int i) {
        return prefillTokens[i];
    }

    public long activeBlocks(int i) {
        return activeBlocks[i];
    }

    public int sharedBlocks(int i) {
        return sharedBlocks[i];
    }

    public int requests(int i) {
        return requests[i];
    }

    public long lastChosen(int i) {
        return lastChosen[i];
    }

    /** The id of worker {@code i}. */
    public long worker(int i) {
        return about[i].worker();
    }

    /** What is expected of worker {@code i}. */
    public Outlook outlook(int i) {
        return about[i].outlook();
    }

    public double cost(int i) {
        return cost[i];
    }

    /** Says what the policy makes of worker {@code i}; lower is better. */
    public void cost(int i, double value) {
        cost[i] = value;
    }

    private void grow() {
        int capacity = Math.max(8, count * 2);
        row = Arrays.copyOf(row, capacity);
        hitBlocks = Arrays.copyOf(hitBlocks, capacity);
        prefillTokens = Arrays.copyOf(prefillTokens, capacity);
        activeBlocks = Arrays.copyOf(activeBlocks, capacity);
        sharedBlocks = Arrays.copyOf(sharedBlocks, capacity);
        requests = Arrays.copyOf(requests, capacity);
        lastChosen = Arrays.copyOf(lastChosen, capacity);
        about = Arrays.copyOf(about, capacity);
        cost = Arrays.copyOf(cost, capacity);
    }
}
