package io.jynamo.router.select;

import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.router.load.LoadColumns;
import java.util.Arrays;

/**
 * The workers that may get a request: row i of every column is one of them. Filled by the router for one choice after
 * another, read by a policy, which writes {@link #cost}. One thread at a time.
 *
 * <p>Columns stand by worker number, the fleet's own, and rows point into them, so that a choice among a thousand workers
 * copies nothing: leading prompt blocks cached, tier by tier; what is booked, from the fleet's {@link LoadColumns}; leading
 * prompt blocks that booked requests hold already; the number of the decision that last chose the worker (-1: never); its
 * id and what is expected of it; what its taints make of its cost; and how likely it has not loaded the adapter asked for.
 */
public final class Candidates {
    private static final long[] NO_BLOCKS = new long[0];
    private static final int[] NO_RUNS = new int[0];
    private static final int TIERS = Tier.values().length;

    private final int blockTokens;
    private int promptTokens;
    private long[] sequences = NO_BLOCKS;
    private int blocks;
    private int count;
    private int[] row = new int[0];
    private double[] cost = new double[0];

    private LoadColumns.Columns booked = new LoadColumns.Columns(new long[0], new long[0], new int[0]);
    private final int[][] depth = new int[TIERS][0];
    private int tiers = 1;
    private int[] sharedBlocks = new int[0];
    private long[] lastChosen = new long[0];
    private long[] ids = new long[0];
    private Outlook[] outlook = new Outlook[0];
    private final TimeCost.Lines lines = new TimeCost.Lines(0);
    private double[] leaning = new double[0];
    private boolean leans;
    private double[] lacking = new double[0];
    private boolean lacks;
    private boolean dense = true;
    /** Pairs of the first block and the one after the last of runs that a cache shared by all workers has. */
    private int[] sharedRuns = NO_RUNS;

    /** Rows for a while; more are made as needed. */
    public Candidates(int promptTokens, int blockTokens, int capacity) {
        this.blockTokens = blockTokens;
        begin(promptTokens, NO_BLOCKS, 0, 1);
        reserve(capacity);
    }

    /** What is booked on a worker, and when it was last chosen. */
    public record Booked(long prefillTokens, long activeBlocks, int sharedBlocks, int requests, long lastChosen) {}

    // ---------------------------------------------------------------------------------------------- filling

    /**
     * A new request, without candidates yet.
     *
     * @param hashes of the prompt's full blocks, first to last; not copied
     * @param hashed how many; none where the policy does not read blocks
     * @param known tiers whose depths will be given, from the device on
     */
    public void begin(int prompt, long[] hashes, int hashed, int known) {
        promptTokens = prompt;
        sequences = hashes;
        blocks = hashed;
        tiers = known;
        count = 0;
        leans = false;
        lacks = false;
        dense = true;
        sharedRuns = NO_RUNS;
    }

    /** Columns for worker numbers below {@code workers}. */
    public void reserve(int workers) {
        if (workers > row.length) {
            int capacity = Math.max(workers, 2 * row.length);
            row = Arrays.copyOf(row, capacity);
            cost = Arrays.copyOf(cost, capacity);
            for (int tier = 0; tier < TIERS; tier++) {
                depth[tier] = Arrays.copyOf(depth[tier], capacity);
            }
            sharedBlocks = Arrays.copyOf(sharedBlocks, capacity);
            lastChosen = Arrays.copyOf(lastChosen, capacity);
            ids = Arrays.copyOf(ids, capacity);
            leaning = Arrays.copyOf(leaning, capacity);
            lacking = Arrays.copyOf(lacking, capacity);
            int known = outlook.length;
            outlook = Arrays.copyOf(outlook, capacity);
            Arrays.setAll(outlook, i -> i < known ? outlook[i] : new Outlook());
            lines.reserve(capacity);
        }
    }

    /** What is booked, by worker number. */
    public void booked(LoadColumns.Columns columns) {
        booked = columns;
    }

    /** Leading blocks held on a tier or one before it, by worker number; to be written. */
    public int[] depths(Tier tier) {
        return depth[place(tier)];
    }

    /** Leading blocks that booked requests hold, by worker number; to be written. */
    public int[] sharedBlocks() {
        return sharedBlocks;
    }

    /** Runs of prompt blocks that a cache shared by all workers has: first, end, first, end, ... */
    public void sharedCache(int[] runs) {
        sharedRuns = runs;
    }

    /** Says who a number stands for, and that it was never chosen. */
    public void enter(int worker, long id) {
        ids[worker] = id;
        lastChosen[worker] = -1;
        expect(worker, new Outlook());
    }

    /** The worker was chosen by a decision. */
    public void chosen(int worker, long decision) {
        lastChosen[worker] = decision;
    }

    /** What is expected of a worker from now on; copied. */
    public void expect(int worker, Outlook expected) {
        outlook[worker].set(expected);
        lines.set(worker, expected);
    }

    /** Adds the worker of a number as the next row. */
    public void add(int worker) {
        dense &= worker == count;
        row[count++] = worker;
    }

    /** Adds the worker of a number, whose costs are multiplied by {@code factor}. */
    public void add(int worker, double factor) {
        if (!leans) {
            leans = true;
            Arrays.fill(leaning, 1);
        }
        leaning[worker] = factor;
        add(worker);
    }

    /** How likely a worker must load the request's adapter first, 0 to 1; told of each that is added, or of none. */
    public void lacks(int worker, double share) {
        lacks = true;
        lacking[worker] = share;
    }

    /** Adds a worker of which all is told here; {@code worker} is its number and its id. */
    public void add(int worker, int hits, Booked load) {
        reserve(worker + 1);
        if (booked.requests().length < row.length) {
            booked = new LoadColumns.Columns(
                    Arrays.copyOf(booked.prefillTokens(), row.length),
                    Arrays.copyOf(booked.blocks(), row.length),
                    Arrays.copyOf(booked.requests(), row.length));
        }
        enter(worker, worker);
        depth[0][worker] = hits;
        booked.prefillTokens()[worker] = load.prefillTokens();
        booked.blocks()[worker] = load.activeBlocks();
        booked.requests()[worker] = load.requests();
        sharedBlocks[worker] = load.sharedBlocks();
        lastChosen[worker] = load.lastChosen();
        add(worker);
    }

    // ---------------------------------------------------------------------------------------------- reading

    /** Full prompt blocks whose hashes are known; none where the policy does not read blocks. */
    public int hashedBlocks() {
        return blocks;
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

    /** The number of worker {@code i}. */
    public int key(int i) {
        return row[i];
    }

    /** Leading blocks on the worker, on whatever tier. */
    public int hitBlocks(int i) {
        return depth[tiers - 1][row[i]];
    }

    /** Blocks that a tier adds to those before it. */
    public int hitBlocks(int i, Tier tier) {
        int at = place(tier);
        if (at >= tiers) {
            return 0;
        }
        return depth[at][row[i]] - (at == 0 ? 0 : depth[at - 1][row[i]]);
    }

    /** Leading blocks on the worker that has most, on whatever tier. */
    public int deepest() {
        int deepest = 0;
        for (int i = 0; i < count; i++) {
            deepest = Math.max(deepest, hitBlocks(i));
        }
        return deepest;
    }

    /** Whether any but the device tier has hits. */
    public boolean hasLowerTiers() {
        return tiers > 1;
    }

    public boolean hasSharedCache() {
        return sharedRuns.length > 0;
    }

    /** Blocks that a cache shared by all workers has beyond those on the worker's device. */
    public int sharedCacheBlocks(int i) {
        int device = hitBlocks(i, Tier.DEVICE);
        int beyond = 0;
        for (int run = 0; run < sharedRuns.length; run += 2) {
            beyond += Math.max(0, sharedRuns[run + 1] - Math.max(device, sharedRuns[run]));
        }
        return beyond;
    }

    public long prefillTokens(int i) {
        return booked.prefillTokens()[row[i]];
    }

    /** The least of all rows. */
    public long leastPrefillTokens() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            least = Math.min(least, prefillTokens(i));
        }
        return least;
    }

    public long activeBlocks(int i) {
        return booked.blocks()[row[i]];
    }

    public int sharedBlocks(int i) {
        return sharedBlocks[row[i]];
    }

    public int requests(int i) {
        return booked.requests()[row[i]];
    }

    public long lastChosen(int i) {
        return lastChosen[row[i]];
    }

    /** The id of worker {@code i}. */
    public long worker(int i) {
        return ids[row[i]];
    }

    /** What is expected of worker {@code i}. */
    public Outlook outlook(int i) {
        return outlook[row[i]];
    }

    /** What the cost of worker {@code i} is multiplied by; below 1 where the request would rather have it. */
    public double leaning(int i) {
        return leans ? leaning[row[i]] : 1;
    }

    /** How likely worker {@code i} must load the request's adapter first; 0 where it asks for none. */
    double lacking(int i) {
        return lacks ? lacking[row[i]] : 0;
    }

    /** Whether the request asks for an adapter. */
    boolean lacks() {
        return lacks;
    }

    /** Whether any row is multiplied. */
    boolean leans() {
        return leans;
    }

    // Columns as they are, for loops over a thousand rows: by worker number, but for the rows and their costs.

    int[] rows() {
        return row;
    }

    /** Whether row {@code i} is worker number {@code i}, all of them: then loops need not look it up. */
    boolean isDense() {
        return dense;
    }

    double[] costs() {
        return cost;
    }

    LoadColumns.Columns booked() {
        return booked;
    }

    int[] hits() {
        return depth[tiers - 1];
    }

    int[] shared() {
        return sharedBlocks;
    }

    TimeCost.Lines lines() {
        return lines;
    }

    public double cost(int i) {
        return cost[i];
    }

    /** Says what the policy makes of worker {@code i}; lower is better. */
    public void cost(int i, double value) {
        cost[i] = value;
    }

    private static int place(Tier tier) {
        return switch (tier) {
            case DEVICE -> 0;
            case HOST -> 1;
            case DISK -> 2;
            case REMOTE -> 3;
        };
    }
}
