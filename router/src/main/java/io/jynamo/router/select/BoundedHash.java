package io.jynamo.router.select;

import java.util.Arrays;

/**
 * Consistent hashing with bounded loads: the first worker clockwise from the prompt's head on a ring that has fewer than
 * {@code bound} times the average of requests (Mirrokni, Thorup and Zadimoghaddam, 2018). No index, no events: a prompt's
 * head always finds the same worker, unless that one is full. The cost is how far round the ring a worker stands.
 */
public final class BoundedHash implements SelectionPolicy {
    /** What the ecosystem uses. */
    public static final double BOUND = 1.25;

    /** Leading tokens of the prompt that are hashed, unless told otherwise. */
    public static final int HEAD_TOKENS = 2_048;

    private static final int POINTS = 100;

    private final int headTokens;
    private final double bound;
    private long[] members = new long[0];
    private long[] points = new long[0];
    /** The row that each point belongs to. */
    private int[] rows = new int[0];

    /**
     * @param headTokens leading tokens of a prompt that decide; less, to full blocks, where it is shorter
     * @param bound load allowed, as a multiple of the average; above 1
     */
    public BoundedHash(int headTokens, double bound) {
        if (headTokens < 1 || !(bound > 1)) {
            throw new IllegalArgumentException("headTokens must be positive and bound above 1: " + bound);
        }
        this.headTokens = headTokens;
        this.bound = bound;
    }

    @Override
    public boolean readsBlocks() {
        return true;
    }

    @Override
    public int choose(Candidates candidates) {
        arrange(candidates);
        int requests = 1;
        for (int i = 0; i < candidates.count(); i++) {
            requests += candidates.requests(i);
            candidates.cost(i, Double.POSITIVE_INFINITY);
        }
        int most = (int) Math.ceil(bound * requests / candidates.count());
        int at = Arrays.binarySearch(points, mix(head(candidates)));
        int start = at >= 0 ? at : -at - 1;
        int chosen = -1;
        int distance = 0;
        for (int step = 0; step < points.length && distance < candidates.count(); step++) {
            int i = rows[(start + step) % points.length];
            if (candidates.cost(i) == Double.POSITIVE_INFINITY) {
                candidates.cost(i, distance++);
                if (chosen < 0 && candidates.requests(i) < most) {
                    chosen = i;
                }
            }
        }
        return Math.max(0, chosen);
    }

    @Override
    public String reason(Candidates candidates, int chosen) {
        return "the prompt's head on the ring, " + (long) candidates.cost(chosen) + " full workers passed";
    }

    private long head(Candidates candidates) {
        int blocks = Math.min(candidates.hashedBlocks(), Math.max(1, headTokens / candidates.blockTokens()));
        return blocks == 0 ? candidates.promptTokens() : candidates.sequence(blocks - 1);
    }

    /** Makes the ring of those on offer, if it is not theirs already. */
    private void arrange(Candidates candidates) {
        long[] present = new long[candidates.count()];
        for (int i = 0; i < present.length; i++) {
            present[i] = candidates.worker(i);
        }
        if (Arrays.equals(present, members)) {
            return;
        }
        members = present;
        record Point(long place, int row) {}
        Point[] ring = new Point[present.length * POINTS];
        for (int i = 0; i < ring.length; i++) {
            int row = i / POINTS;
            ring[i] = new Point(mix(mix(present[row]) + i % POINTS), row);
        }
        Arrays.sort(ring, (a, b) -> Long.compare(a.place(), b.place()));
        points = Arrays.stream(ring).mapToLong(Point::place).toArray();
        rows = Arrays.stream(ring).mapToInt(Point::row).toArray();
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
