package io.jynamo.router.index;

import io.jynamo.protocol.KvEvent.Tier;
import java.util.Arrays;

/**
 * The answer to one look-up, to be used again for the next: how many leading blocks of a prompt each owner holds.
 *
 * <p>It is told in steps. Each step is a set of owners and a depth; sets shrink and depths grow from step to step: who
 * is in a step's set holds at least that many leading blocks, and who is in none that follows holds exactly that many.
 * So a thousand owners of a shared head are one step, and a policy that looks at few workers asks for these alone.
 *
 * <p>A tier's depth counts blocks held there or on a tier before it; {@code DEVICE} counts predictions too. What
 * {@code HOST} adds to {@code DEVICE} must be fetched from the host, and so on. An owner without a hit is in no step.
 * One thread at a time; after the first look-ups it allocates nothing.
 */
public final class PrefixHits {
    private static final int TIERS = Tier.values().length;

    private OwnerSet[] runs = new OwnerSet[16];
    private int[] starts = new int[16];
    private int runCount;
    private int blocks;

    private final Steps[] steps = new Steps[TIERS];
    private boolean belowDevice;

    /** Of no prompt yet. */
    public PrefixHits() {
        for (int tier = 0; tier < TIERS; tier++) {
            steps[tier] = new Steps();
        }
        Arrays.fill(runs, OwnerSet.NONE);
    }

    private static final class Steps {
        private long[] rows = new long[64];
        private int[] depths = new int[8];
        private int width;
        private int count;
    }

    /** Tiers, from the device on, whose depths may differ: one where nobody holds blocks elsewhere. */
    public int tiers() {
        return belowDevice ? TIERS : 1;
    }

    /** Steps of a tier, none where nobody holds the first block. */
    public int steps(Tier tier) {
        return of(tier).count;
    }

    /** The depth of step {@code i}, in blocks; at least 1, and more than that of the step before. */
    public int depth(Tier tier, int i) {
        return of(tier).depths[i];
    }

    /** Whether the owner is in the set of step {@code i}. */
    public boolean holds(Tier tier, int i, int owner) {
        Steps of = of(tier);
        return owner >>> 6 < of.width && (of.rows[i * of.width + (owner >>> 6)] & (1L << owner)) != 0;
    }

    /** Leading blocks that one owner holds. */
    public int depthOf(Tier tier, int owner) {
        Steps of = of(tier);
        for (int i = of.count - 1; i >= 0; i--) {
            if (holds(tier, i, owner)) {
                return of.depths[i];
            }
        }
        return 0;
    }

    /** Sets {@code depths} for every owner below its length; owners beyond it are not reported. */
    public void expand(Tier tier, int[] depths) {
        Arrays.fill(depths, 0);
        Steps of = of(tier);
        for (int i = 0; i < of.count; i++) {
            for (int word = 0; word < of.width; word++) {
                long bits = of.rows[i * of.width + word];
                long rest = i + 1 < of.count ? bits & ~of.rows[(i + 1) * of.width + word] : bits;
                tell(word, rest, of.depths[i], depths);
            }
        }
    }

    private static void tell(int word, long owners, int depth, int[] depths) {
        int first = word << 6;
        if (owners == -1L && first + 64 <= depths.length) {
            Arrays.fill(depths, first, first + 64, depth);
            return;
        }
        for (long rest = owners; rest != 0; rest &= rest - 1) {
            int owner = first + Long.numberOfTrailingZeros(rest);
            if (owner < depths.length) {
                depths[owner] = depth;
            }
        }
    }

    /** Blocks of the prompt that anybody holds without a gap, on whatever tier. */
    public int deepest() {
        Steps of = of(Tier.REMOTE);
        return of.count == 0 ? 0 : of.depths[of.count - 1];
    }

    void start() {
        runCount = 0;
        blocks = 0;
        belowDevice = false;
    }

    /** From block {@code at} on, blocks have these owners. */
    void run(OwnerSet owners, int at) {
        if (runCount == runs.length) {
            runs = Arrays.copyOf(runs, 2 * runCount);
            starts = Arrays.copyOf(starts, 2 * runCount);
        }
        runs[runCount] = owners;
        starts[runCount++] = at;
        belowDevice |= owners.reachesBelowDevice();
    }

    /** The path ended after so many blocks: makes the steps of it. */
    void end(int count, boolean predictions) {
        blocks = count;
        int allowed = (1 << OwnerSet.plane(Tier.DEVICE)) | (predictions ? 1 << OwnerSet.PREDICTED : 0);
        for (int tier = 0; tier < (belowDevice ? TIERS : 1); tier++) {
            fold(steps[tier], allowed | ((2 << tier) - 1));
        }
    }

    private void fold(Steps into, int allowed) {
        into.count = 0;
        if (runCount == 0) {
            return;
        }
        int width = runs[0].words();
        into.width = width;
        room(into, 0);
        runs[0].unite(allowed, into.rows, 0, width);
        int row = 0;
        for (int run = 1; run < runCount && !isEmpty(into.rows, row * width, width); run++) {
            room(into, row + 1);
            if (runs[run].intersect(allowed, into.rows, row * width, width)) {
                into.depths[row++] = starts[run];
            }
        }
        if (!isEmpty(into.rows, row * width, width)) {
            room(into, row + 1);
            into.depths[row++] = blocks;
        }
        into.count = row;
    }

    private static void room(Steps in, int row) {
        if ((row + 2) * in.width > in.rows.length) {
            in.rows = Arrays.copyOf(in.rows, Math.max(2 * in.rows.length, (row + 2) * in.width));
        }
        if (row >= in.depths.length) {
            in.depths = Arrays.copyOf(in.depths, 2 * row);
        }
    }

    private static boolean isEmpty(long[] rows, int from, int width) {
        long any = 0;
        for (int word = from; word < from + width; word++) {
            any |= rows[word];
        }
        return any == 0;
    }

    private Steps of(Tier tier) {
        return steps[belowDevice ? OwnerSet.plane(tier) : 0];
    }
}
