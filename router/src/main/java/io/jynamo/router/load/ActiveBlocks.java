package io.jynamo.router.load;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that running requests hold on any worker: a prefix that many requests share counts once on each worker, and
 * one walk along a prompt tells how far every worker's requests go with it. Workers are small numbers. Any thread, one
 * at a time.
 *
 * <p><b>How it works.</b> A tree of runs of blocks, split where prompts part, so that what a request costs depends on how
 * often its path forks and not on how long it is; a run stays split until nobody holds it. As a block's sequence hash stands for all before it, two paths that
 * agree on a run's last block agree on all of it, and where they part is found by halving. All runs stand in one hash
 * table by their first block. Hashes that were made up, of which one stands after different others, are counted as far as
 * they are a path, and not from there on.
 */
final class ActiveBlocks {
    private static final int FIRST_CAPACITY = 256;
    private static final int KEPT_CAPACITY = 8192;
    private static final int SPARES = 256;
    private static final int KEPT_BLOCKS = 1024;
    private static final long[] NO_BLOCKS = new long[0];

    private @Nullable Run[] table = new Run[FIRST_CAPACITY];
    private int runs;
    private int distinct;
    private long[] walk = new long[1];
    /** Runs that were left, to be others. */
    private final @Nullable Run[] spares = new Run[SPARES];

    private int spare;

    /** Blocks {@code from} to below {@code end} of a path. */
    private static final class Run {
        private final Holders holders = new Holders();
        private long[] sequences = NO_BLOCKS;
        /** A block's place on the path less its place in {@code sequences}. */
        private int begin;

        private int from;
        private int end;
        private @Nullable Run parent;

        /** Becomes blocks {@code from} to below {@code end} of a path whose block {@code origin} is {@code path[0]}. */
        void set(long[] path, int origin, int first, int last, @Nullable Run before) {
            int count = last - first;
            if (count > sequences.length) {
                sequences = new long[Math.max(count, Math.min(KEPT_BLOCKS, 2 * sequences.length))];
            }
            System.arraycopy(path, first - origin, sequences, 0, count);
            begin = first;
            from = first;
            end = last;
            parent = before;
        }

        long first() {
            return at(from);
        }

        long at(int block) {
            return sequences[block - begin];
        }

        int length() {
            return end - from;
        }

        /** Whether it goes on where another run ends, or begins where there is none. */
        @SuppressWarnings("ReferenceEquality") // the run itself is meant
        boolean follows(@Nullable Run before, int at) {
            return parent == before && from == at;
        }

        /** How many blocks of the run a path has, of which it has the first. */
        int common(long[] path, int count) {
            int last = Math.min(end, count) - 1;
            if (at(last) == path[last]) {
                return last + 1 - from;
            }
            int same = from;
            int other = last;
            while (other - same > 1) {
                int middle = (same + other) >>> 1;
                if (at(middle) == path[middle]) {
                    same = middle;
                } else {
                    other = middle;
                }
            }
            return same + 1 - from;
        }
    }

    /** What one request holds: nothing until it is added, and from then on to be given back once. A booking is one. */
    static class Held {
        private int worker;
        private int length;
        private @Nullable Run last;

        /** Leading blocks of it that are counted: all, where its hashes are a path. */
        final int length() {
            return length;
        }
    }

    /** Distinct blocks held, whoever holds them. */
    synchronized int distinct() {
        return distinct;
    }

    /**
     * One more request of the worker holds each of the path's first {@code count} blocks.
     *
     * @param held one that holds nothing yet
     * @return how many of its blocks no other request of the worker held
     */
    synchronized int add(int worker, long[] sequences, int count, Held held) {
        int fresh = 0;
        int at = 0;
        Run last = null;
        while (at < count) {
            Run next = find(sequences[at]);
            if (next == null) {
                next = fresh();
                next.set(sequences, 0, at, count, last);
                insert(next);
                distinct += next.length();
            } else if (!next.follows(last, at)) {
                break;
            } else {
                int common = next.common(sequences, count);
                next = common < next.length() ? split(next, at + common) : next;
            }
            fresh += next.holders.add(worker, 1) == 1 ? next.length() : 0;
            at = next.end;
            last = next;
        }
        held.worker = worker;
        held.length = last == null ? 0 : last.end;
        held.last = last;
        return fresh;
    }

    /**
     * Gives back what a request held; tells how many of its blocks no request of its worker holds any more.
     *
     * @throws IllegalStateException it was given back before
     */
    synchronized int remove(Held held) {
        if (held.length == 0) {
            return 0;
        }
        Run run = held.last;
        if (run == null) {
            throw new IllegalStateException("blocks of worker " + held.worker + " were given back twice");
        }
        held.last = null;
        int gone = 0;
        while (run != null) {
            Run parent = run.parent;
            gone += run.holders.add(held.worker, -1) == 0 ? run.length() : 0;
            if (run.holders.isEmpty()) {
                leave(run);
            }
            run = parent;
        }
        return gone;
    }

    /** How many leading blocks the worker's requests hold. */
    synchronized int depth(int worker, long[] sequences, int count) {
        int at = 0;
        Run last = null;
        while (at < count) {
            Run run = find(sequences[at]);
            if (run == null || !run.follows(last, at) || !run.holders.holds(worker)) {
                return at;
            }
            int common = run.common(sequences, count);
            at += common;
            last = run;
            if (common < run.length()) {
                return at;
            }
        }
        return at;
    }

    /** Sets {@code depths} to how many leading blocks each worker's requests hold, for every worker below its length. */
    synchronized void depths(long[] sequences, int count, int[] depths) {
        Arrays.fill(depths, 0);
        Run run = count == 0 ? null : find(sequences[0]);
        if (run == null || !run.follows(null, 0)) {
            return;
        }
        int words = (depths.length + 63) >>> 6;
        if (walk.length < words) {
            walk = new long[words];
        }
        run.holders.copy(walk, words);
        int at = 0;
        boolean whole = true;
        boolean any = true;
        while (run != null && whole && any) {
            int common = run.common(sequences, count);
            at += common;
            whole = common == run.length() && at < count;
            Run next = whole ? find(sequences[at]) : null;
            run = next != null && next.follows(run, at) ? next : null;
            any = run != null && keep(run.holders, at, words, depths);
        }
        for (int word = 0; word < words; word++) {
            tell(word, walk[word], at, depths);
        }
    }

    /** Keeps in {@code walk} those who are among the holders too, and tells the depth of the others. */
    private boolean keep(Holders holders, int depth, int words, int[] depths) {
        long any = 0;
        for (int word = 0; word < words; word++) {
            long before = walk[word];
            long now = before & holders.word(word);
            if (now != before) {
                tell(word, before & ~now, depth, depths);
                walk[word] = now;
            }
            any |= now;
        }
        return any != 0;
    }

    private static void tell(int word, long bits, int depth, int[] depths) {
        int first = word << 6;
        if (bits == -1L && first + 64 <= depths.length) {
            Arrays.fill(depths, first, first + 64, depth);
            return;
        }
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int worker = first + Long.numberOfTrailingZeros(rest);
            if (worker < depths.length) {
                depths[worker] = depth;
            }
        }
    }

    // ---------------------------------------------------------------------------------------------- tree

    /** Cuts a run in two before block {@code at}; gives the upper part. Who held it holds both. */
    private Run split(Run lower, int at) {
        take(lower);
        Run upper = fresh();
        upper.set(lower.sequences, lower.begin, lower.from, at, lower.parent);
        upper.holders.set(lower.holders);
        lower.from = at;
        lower.parent = upper;
        insert(upper);
        insert(lower);
        return upper;
    }

    private void leave(Run run) {
        distinct -= run.length();
        take(run);
        run.parent = null;
        if (spare < SPARES && run.sequences.length <= KEPT_BLOCKS) {
            spares[spare++] = run;
        }
    }

    /** A run that nobody holds, to be set. */
    private Run fresh() {
        Run kept = spare == 0 ? null : spares[--spare];
        return kept == null ? new Run() : kept;
    }

    // ---------------------------------------------------------------------------------------------- table

    private @Nullable Run find(long first) {
        int mask = table.length - 1;
        int slot = home(first, mask);
        Run run = table[slot];
        while (run != null && run.first() != first) {
            slot = (slot + 1) & mask;
            run = table[slot];
        }
        return run;
    }

    private void insert(Run run) {
        if (runs >= table.length / 2) {
            resize(table.length * 2);
        }
        put(run);
        runs++;
    }

    private void put(Run run) {
        int mask = table.length - 1;
        int slot = home(run.first(), mask);
        while (table[slot] != null) {
            slot = (slot + 1) & mask;
        }
        table[slot] = run;
    }

    private void take(Run run) {
        int mask = table.length - 1;
        int gap = home(run.first(), mask);
        while (table[gap] != run) {
            gap = (gap + 1) & mask;
        }
        runs--;
        Run later;
        for (int i = (gap + 1) & mask; (later = table[i]) != null; i = (i + 1) & mask) {
            int fromHome = (i - home(later.first(), mask)) & mask;
            if (fromHome >= ((i - gap) & mask)) {
                table[gap] = later;
                gap = i;
            }
        }
        table[gap] = null;
        if (table.length > KEPT_CAPACITY && runs < table.length / 16) {
            resize(table.length / 4);
        }
    }

    private void resize(int capacity) {
        @Nullable Run[] before = table;
        table = new Run[capacity];
        for (Run run : before) {
            if (run != null) {
                put(run);
            }
        }
    }

    private static int home(long key, int mask) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    }
}
