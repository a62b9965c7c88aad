package io.jynamo.router.index;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import java.util.Arrays;
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

    /** How many blocks each member has. */
    private int[] held = new int[64];

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

    boolean hasAny(int owner) {
        for (int plane = 0; plane < OwnerSet.PLANES; plane++) {
            if (held(OwnerSet.member(owner, plane)) > 0) {
                return true;
            }
        }
        return false;
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
            }
            long[] page = runs.page(Runs.run(place));
            Runs.change(page, runs.base(Runs.run(place)), Runs.slot(place), stepTo.id);
            sets.moved(from, stepTo);
            count(member, 1);
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
            count(member, -1);
            vanish(place, sequence, from);
        } else if (from.contains(member)) {
            OwnerSet to = step(from, member);
            count(member, to == OwnerSet.NONE ? 0 : -1);
            leave(place, sequence, from, to);
        }
    }

    /** One slice of taking an owner out everywhere: the runs from a number on, at most so many. */
    void sweep(int owner, int from, int count) {
        int end = Math.min(runs.end(), from + count);
        OwnerSet seen = OwnerSet.NONE;
        int planes = 0;
        for (int run = Math.max(1, from); run < end; run++) {
            if (!runs.exists(run)) {
                continue;
            }
            long[] page = runs.page(run);
            int base = runs.base(run);
            boolean hashed = false;
            boolean gone = false;
            for (int slot = 0; slot < Runs.SLOTS && !gone; slot++) {
                OwnerSet set = sets.at(Runs.set(page, base, slot));
                if (set != seen) {
                    seen = set;
                    planes = set.planesOf(owner);
                }
                if (planes != 0) {
                    if (!hashed) {
                        Runs.chain(page, base, chain);
                        hashed = true;
                    }
                    gone = leaveAll(Runs.place(run, slot), chain[slot], set, owner, planes);
                    seen = OwnerSet.NONE;
                    planes = 0;
                }
            }
        }
    }

    int end() {
        return runs.end();
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

    /** Gives whether the run was given up. */
    private boolean leaveAll(int place, long sequence, OwnerSet from, int owner, int planes) {
        OwnerSet to = from;
        for (int plane = 0; plane < OwnerSet.PLANES && to != OwnerSet.NONE; plane++) {
            if ((planes & (1 << plane)) != 0) {
                OwnerSet next = step(to, OwnerSet.member(owner, plane));
                if (to != from) {
                    sets.unused(to);
                }
                to = next;
            }
        }
        for (int plane = 0; plane < OwnerSet.PLANES && to != OwnerSet.NONE; plane++) {
            count(OwnerSet.member(owner, plane), -((planes >>> plane) & 1));
        }
        return leave(place, sequence, from, to);
    }

    /** A block has fewer owners; gives whether its run was given up. */
    private boolean leave(int place, long sequence, OwnerSet from, OwnerSet to) {
        if (to == OwnerSet.NONE) {
            // More than the one who leaves, where the smaller set found no room.
            for (int each : from.members()) {
                count(each, -1);
            }
            return vanish(place, sequence, from);
        }
        int run = Runs.run(place);
        Runs.change(runs.page(run), runs.base(run), Runs.slot(place), to.id);
        sets.moved(from, to);
        return false;
    }

    /** A block has no owners any more; gives whether its run was given up. */
    private boolean vanish(int place, long sequence, OwnerSet from) {
        int run = Runs.run(place);
        int left = Runs.change(runs.page(run), runs.base(run), Runs.slot(place), 0);
        table.remove(sequence);
        live.setRelease(live.getPlain() - 1);
        reclaimed.setRelease(reclaimed.getPlain() + 1);
        if (left == 0) {
            runs.giveUp(run);
        }
        sets.moved(from, OwnerSet.NONE);
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

    private int held(int member) {
        return member < held.length ? held[member] : 0;
    }

    private void count(int member, int by) {
        if (member >= held.length) {
            if (by == 0) {
                return;
            }
            held = Arrays.copyOf(held, Integer.highestOneBit(member) * 2);
        }
        held[member] += by;
    }
}
