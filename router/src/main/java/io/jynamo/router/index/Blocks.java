package io.jynamo.router.index;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one writer at a time does to {@link Runs}, {@link BlockTable} and {@link OwnerSets} together: blocks gain and lose
 * owners, come and go.
 *
 * <p>A block is shown in this order: its local hash, its place in the table, its owners. It goes in the other: owners,
 * table, run. So a reader who finds owners beside a local hash may believe them.
 */
final class Blocks {
    private static final int AHEAD = 16;

    private final BlockTable table;
    private final Runs runs;
    private final OwnerSets sets;
    private final Grace grace;
    private final AtomicLong live = new AtomicLong();
    private final AtomicLong reclaimed = new AtomicLong();
    private final long[] chain = new long[Runs.SLOTS];
    private final int[] places = new int[AHEAD];

    /** Blocks whose owners were all taken out at once and which nobody has swept yet. */
    private long dead;

    /** The run where a pass over all of them goes on, or 0 between passes. */
    private int sweptTo;

    /** How many numbers of sets were stale when it began. */
    private int staleBefore;

    private long touched;

    Blocks(BlockTable table, Runs runs, OwnerSets sets, Grace grace) {
        this.table = table;
        this.runs = runs;
        this.sets = sets;
        this.grace = grace;
    }

    /** Blocks that have owners; for any thread. */
    long count() {
        return live.get();
    }

    /** Blocks that lost their last owner so far; for any thread. */
    long reclaimed() {
        return reclaimed.get();
    }

    /** The place of the block, or 0. */
    int find(long sequence) {
        return table.seek(sequence);
    }

    /** Who has the block at a place; nobody for 0. */
    OwnerSet owners(int place) {
        return place == 0 ? OwnerSet.NONE : sets.at(set(place));
    }

    /**
     * A member has blocks from now on, each the child of the one before.
     *
     * @param unless a member for whom having a block makes this one's having it no news; may be the same
     * @param parent place of the block before the first, or 0 at a root
     * @param before its sequence hash
     * @return how many blocks at the end found no room
     */
    int store(int member, int unless, int parent, long before, BlockHashes hashes) {
        long[] locals = hashes.local();
        long[] sequences = hashes.sequence();
        int at = parent;
        OwnerSet stepFrom = OwnerSet.NONE;
        OwnerSet stepTo = OwnerSet.NONE;
        for (int i = 0; i < sequences.length; i++) {
            if (i % AHEAD == 0) {
                touched += table.touch(sequences, i, Math.min(sequences.length, i + AHEAD));
            }
            long local = locals[i];
            long sequence = sequences[i];
            int place = locate(at, local, sequence);
            if (place == 0) {
                place = show(at, i == 0 ? before : sequences[i - 1], local, sequence);
                if (place == 0) {
                    return sequences.length - i;
                }
            }
            OwnerSet from = owners(place);
            if (from != stepFrom || stepTo == OwnerSet.NONE) {
                OwnerSet to = from.contains(member) || from.contains(unless) ? from : sets.step(from, member, true);
                if (to == from) {
                    at = place;
                    continue;
                }
                if (to == null) {
                    hide(place, sequence);
                    return sequences.length - i;
                }
                stepFrom = from;
                stepTo = to;
            }
            if (from == OwnerSet.NONE) {
                live.setRelease(live.getPlain() + 1);
                dead -= set(place) == 0 ? 0 : 1;
            }
            long[] page = runs.page(Runs.run(place));
            Runs.change(page, runs.base(Runs.run(place)), Runs.slot(place), stepTo.id);
            sets.moved(from, stepTo);
            at = place;
        }
        return 0;
    }

    /** A member no longer has these blocks; unknown ones are no error. */
    void remove(int member, long[] sequences) {
        for (int from = 0; from < sequences.length; from += AHEAD) {
            int to = Math.min(sequences.length, from + AHEAD);
            touched += table.touch(sequences, from, to);
            for (int i = from; i < to; i++) {
                places[i - from] = table.seek(sequences[i]);
            }
            for (int i = from; i < to; i++) {
                touched += runs.touch(places[i - from]);
            }
            for (int i = from; i < to; i++) {
                remove(member, sequences[i], places[i - from]);
            }
        }
    }

    void remove(int member, long sequence) {
        remove(member, sequence, table.seek(sequence));
    }

    private void remove(int member, long sequence, int place) {
        OwnerSet from = owners(place);
        if (from.isOnly(member)) {
            vanish(place, sequence, from);
        } else if (from.contains(member)) {
            leave(place, sequence, from, step(from, member));
        }
    }

    /**
     * Takes an owner out everywhere, at a cost that goes by how many sets there are and not by how many blocks. What is
     * left to do is {@link #sweep}'s.
     */
    void drop(int owner) {
        long orphans = sets.drop(owner);
        live.setRelease(live.getPlain() - orphans);
        reclaimed.setRelease(reclaimed.getPlain() + orphans);
        dead += orphans;
    }

    /** Whether there is anything to sweep. */
    boolean hasDead() {
        return dead > 0 || sets.staleCount() > 0;
    }

    /** Whether so much is to be swept that a pass over all runs is worth it, or one has begun. */
    boolean isLittered() {
        return sweptTo > 0 || (dead > 0 && 3 * dead >= live.getPlain()) || sets.isStale();
    }

    /** One slice of a pass over all runs: blocks that have no owners any more go, others get numbers that are not stale. */
    void sweep(int count) {
        if (sweptTo == 0) {
            sweptTo = 1;
            staleBefore = sets.staleCount();
        }
        int end = Math.min(runs.end(), sweptTo + count);
        for (int run = sweptTo; run < end; run++) {
            if (runs.exists(run)) {
                sweepRun(run);
            }
        }
        sweptTo = end;
        if (end == runs.end()) {
            sets.retire(staleBefore);
            sweptTo = 0;
        }
    }

    private void sweepRun(int run) {
        long[] page = runs.page(run);
        int base = runs.base(run);
        boolean hashed = false;
        boolean gone = false;
        for (int slot = 0; slot < Runs.SLOTS && !gone; slot++) {
            int number = Runs.set(page, base, slot);
            OwnerSet set = sets.at(number);
            if (set.id == number) {
                continue;
            }
            if (set != OwnerSet.NONE) {
                Runs.change(page, base, slot, set.id);
                continue;
            }
            if (!hashed) {
                Runs.chain(page, base, chain);
                hashed = true;
            }
            dead--;
            gone = takeOut(Runs.place(run, slot), chain[slot]);
        }
    }

    /** Lets what was given up be used again, as far as readers allow. */
    void reclaim() {
        grace.advance();
        runs.reclaim();
    }

    /** What keeps the reads of {@link BlockTable#touch} in use. */
    long touched() {
        return touched;
    }

    /** A block has fewer owners. */
    private void leave(int place, long sequence, OwnerSet from, OwnerSet to) {
        if (to == OwnerSet.NONE) {
            vanish(place, sequence, from); // also where the smaller set found no room
            return;
        }
        int run = Runs.run(place);
        Runs.change(runs.page(run), runs.base(run), Runs.slot(place), to.id);
        sets.moved(from, to);
    }

    /** A block has no owners any more. */
    private void vanish(int place, long sequence, OwnerSet from) {
        takeOut(place, sequence);
        live.setRelease(live.getPlain() - 1);
        reclaimed.setRelease(reclaimed.getPlain() + 1);
        sets.moved(from, OwnerSet.NONE);
    }

    /** Takes a block out of its run and the table; gives whether the run was given up. */
    private boolean takeOut(int place, long sequence) {
        int run = Runs.run(place);
        int left = Runs.change(runs.page(run), runs.base(run), Runs.slot(place), 0);
        table.remove(sequence);
        if (left == 0) {
            runs.giveUp(run);
        }
        return left == 0;
    }

    private OwnerSet step(OwnerSet from, int member) {
        OwnerSet to = sets.step(from, member, false);
        if (to == null) {
            throw new IllegalStateException("taking an owner out found no set");
        }
        return to;
    }

    /** The place of a block that follows another, where it lies next to it with owners; else 0. */
    private int locate(int at, long local, long sequence) {
        if (at == 0) {
            return table.seek(sequence);
        }
        int place = next(at);
        if (place != 0) {
            long[] page = runs.page(Runs.run(place));
            int base = runs.base(Runs.run(place));
            int slot = Runs.slot(place);
            if (slot < Runs.taken(page, base)
                    && Runs.local(page, base, slot) == local
                    && Runs.set(page, base, slot) != 0) {
                return place;
            }
        }
        return 0;
    }

    /** The slot after a place, in its run or the one linked to it; 0 where there is none. */
    private int next(int place) {
        int run = Runs.run(place);
        int slot = Runs.slot(place) + 1;
        if (slot < Runs.SLOTS) {
            return Runs.place(run, slot);
        }
        int linked = Runs.next(runs.page(run), runs.base(run));
        return linked == 0 ? 0 : Runs.place(linked, 0);
    }

    /**
     * The place of a block, in the table from now on if it was not: that where it was before everybody lost it, the next
     * of its run, or the first of a new run. 0 where there is no room.
     */
    private int show(int at, long before, long local, long sequence) {
        boolean chained = at == 0 ? sequence == local : BlockHasher.chain(before, local) == sequence;
        int next = at == 0 || !chained ? 0 : next(at);
        if (next != 0) {
            int run = Runs.run(next);
            long[] page = runs.page(run);
            int base = runs.base(run);
            int slot = Runs.slot(next);
            int taken = Runs.taken(page, base);
            if (slot < taken && Runs.local(page, base, slot) == local) {
                return claim(sequence, next);
            }
            if (slot == taken && Runs.kind(page, base) != Runs.LOOSE) {
                Runs.append(page, base, local);
                int place = claim(sequence, next);
                if (place != next) {
                    Runs.takeBack(page, base);
                }
                return place;
            }
        }
        int known = table.seek(sequence);
        return known != 0 ? known : begin(at, chained, before, local, sequence);
    }

    private int claim(long sequence, int place) {
        int known = table.claim(sequence, place);
        return known == 0 ? place : known == BlockTable.FULL ? 0 : known;
    }

    private int begin(int at, boolean chained, long before, long local, long sequence) {
        boolean follows = at != 0 && chained && Runs.slot(at) == Runs.SLOTS - 1 && next(at) == 0;
        int former = follows ? Runs.run(at) : 0;
        int kind = !chained ? Runs.LOOSE : at == 0 ? Runs.ROOT : Runs.CHAINED;
        int run = runs.allocate(chained ? before : sequence, kind, former);
        if (run == 0) {
            return 0;
        }
        Runs.append(runs.page(run), runs.base(run), local);
        int place = Runs.place(run, 0);
        if (claim(sequence, place) == 0) {
            runs.giveUp(run);
            return 0;
        }
        if (former != 0) {
            Runs.link(runs.page(former), runs.base(former), run);
        }
        return place;
    }

    /** Takes back a block that was shown and found no owner. */
    private void hide(int place, long sequence) {
        if (set(place) == 0) {
            int run = Runs.run(place);
            table.remove(sequence);
            if (Runs.live(runs.page(run), runs.base(run)) == 0) {
                runs.giveUp(run);
            }
        }
    }

    private int set(int place) {
        int run = Runs.run(place);
        return Runs.set(runs.page(run), runs.base(run), Runs.slot(place));
    }
}
