package io.jynamo.router.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The distinct owner sets in use, one object and one number each, counted by the blocks that have them and forgotten
 * with the last. Used by one writer at a time; {@link #at} by any thread that has a number from a block it may still see.
 *
 * <p>An owner is taken out of all of them at once, whatever the number of blocks ({@link #drop}): a number stands for what
 * is left of its set from then on. Where that is a set with a number of its own, or nobody, the number is <i>stale</i>: no
 * block gets it any more, and those that have it are given the other one, or go, in a pass over all of them that is due some
 * time ({@link Blocks#sweep}). Then it may be another set's.
 */
final class OwnerSets {
    private static final int DEAD = -1;
    private static final VarHandle BY_ID = MethodHandles.arrayElementVarHandle(OwnerSet[].class);

    private final MemoryBudget budget;
    private final long maxBytes;
    private final Grace grace;
    private OwnerSet[] byId = new OwnerSet[64];
    private int ids = 1;

    /** Numbers of sets by hash, open addressing; 0 is free. */
    private int[] interned = new int[64];

    private int count;
    private long bytes;

    /** Numbers to be used again, first to last, and the epoch at which each was given up. */
    private int[] idle = new int[64];

    private int[] idleSince = new int[64];
    private int idleFirst;
    private int idleCount;

    /** Stale numbers, those that were so first in front. */
    private int[] stale = new int[64];

    private int staleCount;

    // Runs of blocks make the same steps, and workers take up the same heads; such steps are remembered.
    private final OwnerSet[] memoFrom;
    private final OwnerSet[] memoTo;
    private final int[] memoStep;

    OwnerSets(MemoryBudget budget, Grace grace, int memo) {
        this.budget = budget;
        this.maxBytes = budget.max() / 4;
        this.grace = grace;
        Arrays.fill(byId, OwnerSet.NONE);
        memoFrom = new OwnerSet[memo];
        memoTo = new OwnerSet[memo];
        memoStep = new int[memo];
        Arrays.fill(memoFrom, OwnerSet.NONE);
        Arrays.fill(memoTo, OwnerSet.NONE);
        Arrays.fill(memoStep, -1);
        grow(4L * (64 + 64 + 64 + 64 + 64) + 12L * memo);
    }

    /** The set of a number; none for 0 and where all its owners were taken out. */
    OwnerSet at(int id) {
        return (OwnerSet) BY_ID.getAcquire(byId, id);
    }

    /**
     * Takes an owner out of every set; gives how many blocks have no owners now. Where a smaller set finds no room, its
     * blocks have none either.
     */
    long drop(int owner) {
        long orphans = 0;
        for (int number = 1; number < ids; number++) {
            OwnerSet set = byId[number];
            if (set.id == number && set.planesOf(owner) != 0) {
                orphans += replace(set, set.withoutOwner(owner));
            }
        }
        for (int i = 0; i < staleCount; i++) {
            OwnerSet set = byId[stale[i]];
            if (set.id != DEAD) {
                show(stale[i], byId[set.id]); // what its own number stands for now
            }
        }
        Arrays.fill(memoFrom, OwnerSet.NONE);
        Arrays.fill(memoTo, OwnerSet.NONE);
        Arrays.fill(memoStep, -1);
        return orphans;
    }

    /** Numbers that blocks may have and that no block gets any more. */
    int staleCount() {
        return staleCount;
    }

    /** Whether so many numbers are stale that it is time to have them back. */
    boolean isStale() {
        return 2 * staleCount > byId.length;
    }

    /** No block has the first so many stale numbers any more. */
    void retire(int first) {
        for (int i = 0; i < first; i++) {
            idle(stale[i]);
        }
        staleCount -= first;
        System.arraycopy(stale, first, stale, 0, staleCount);
    }

    /** A number stands for what is left of its set; gives how many blocks that leaves without owners. */
    private long replace(OwnerSet set, OwnerSet left) {
        int number = set.id;
        takeOut(set);
        OwnerSet heir = left.isEmpty() ? OwnerSet.NONE : known(left);
        if (heir == null && bytes + left.bytes() <= maxBytes && grow(left.bytes())) {
            left.id = number;
            left.blocks = set.blocks;
            show(number, left);
            insert(left);
            count++;
            return 0;
        }
        stale[staleCount++] = number;
        show(number, heir == null ? OwnerSet.NONE : heir);
        if (heir == null || heir == OwnerSet.NONE) {
            return set.blocks;
        }
        heir.blocks += set.blocks;
        return 0;
    }

    private void show(int number, OwnerSet set) {
        BY_ID.setRelease(byId, number, set);
    }

    /**
     * The set with a member in or out that it lacks or has. Where a new set would exceed the memory limit: null when
     * adding, and when taking out the empty set, which forgets the block rather than say too much of it.
     */
    @Nullable
    OwnerSet step(OwnerSet from, int member, boolean adds) {
        int step = (member << 1) | (adds ? 1 : 0);
        int at = ((from.hash() * 31 + step * 0x9E3779B9) >>> 16) & (memoStep.length - 1);
        if (memoFrom[at] == from && memoStep[at] == step && memoTo[at].id != DEAD) {
            return memoTo[at];
        }
        OwnerSet wanted = adds ? from.with(member) : from.without(member);
        OwnerSet to = wanted.isEmpty() ? OwnerSet.NONE : intern(wanted);
        if (to == null) {
            return adds ? null : OwnerSet.NONE;
        }
        memoFrom[at] = from;
        memoTo[at] = to;
        memoStep[at] = step;
        return to;
    }

    /** Blocks changed their set. */
    void moved(OwnerSet from, OwnerSet to) {
        if (to != OwnerSet.NONE) {
            to.blocks++;
        }
        if (from != OwnerSet.NONE && --from.blocks == 0) {
            forget(from);
        }
    }

    /** A set that was made for a block which then found no room. */
    void unused(OwnerSet set) {
        if (set != OwnerSet.NONE && set.blocks == 0) {
            forget(set);
        }
    }

    long bytes() {
        return bytes;
    }

    int count() {
        return count;
    }

    private @Nullable OwnerSet known(OwnerSet wanted) {
        int mask = interned.length - 1;
        for (int i = spread(wanted.hash()) & mask; interned[i] != 0; i = (i + 1) & mask) {
            if (byId[interned[i]].hasSameMembers(wanted)) {
                return byId[interned[i]];
            }
        }
        return null;
    }

    private @Nullable OwnerSet intern(OwnerSet wanted) {
        OwnerSet known = known(wanted);
        if (known != null) {
            return known;
        }
        if (bytes + wanted.bytes() > maxBytes || !makeRoom() || !grow(wanted.bytes())) {
            return null;
        }
        wanted.id = number();
        show(wanted.id, wanted);
        insert(wanted);
        count++;
        return wanted;
    }

    private void insert(OwnerSet set) {
        int mask = interned.length - 1;
        int i = spread(set.hash()) & mask;
        while (interned[i] != 0) {
            i = (i + 1) & mask;
        }
        interned[i] = set.id;
    }

    private void forget(OwnerSet set) {
        takeOut(set);
        idle(set.id);
        set.id = DEAD;
    }

    /** Nobody finds the set by its members any more. */
    private void takeOut(OwnerSet set) {
        int mask = interned.length - 1;
        int hole = spread(set.hash()) & mask;
        while (interned[hole] != set.id) {
            hole = (hole + 1) & mask;
        }
        for (int i = (hole + 1) & mask; interned[i] != 0; i = (i + 1) & mask) {
            int home = spread(byId[interned[i]].hash()) & mask;
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                interned[hole] = interned[i];
                hole = i;
            }
        }
        interned[hole] = 0;
        count--;
        bytes -= set.bytes();
        budget.give(set.bytes());
    }

    private void idle(int number) {
        int last = (idleFirst + idleCount++) & (idle.length - 1);
        idle[last] = number;
        idleSince[last] = grace.epoch();
    }

    /** A number nobody uses: an idle one whose grace is over, or a new one. {@link #makeRoom} has made sure of it. */
    private int number() {
        if (idleCount > 0 && grace.isOver(idleSince[idleFirst])) {
            int id = idle[idleFirst];
            idleFirst = (idleFirst + 1) & (idle.length - 1);
            idleCount--;
            return id;
        }
        return ids++;
    }

    /** Makes the arrays large enough for one more set. */
    private boolean makeRoom() {
        if (2 * (count + 1) > interned.length && !growInterned()) {
            return false;
        }
        boolean reuses = idleCount > 0 && grace.isOver(idleSince[idleFirst]);
        return reuses || ids < byId.length || growNumbers();
    }

    private boolean growInterned() {
        if (!grow(4L * interned.length)) {
            return false;
        }
        int[] smaller = interned;
        interned = new int[2 * smaller.length];
        for (int id : smaller) {
            if (id != 0) {
                insert(byId[id]);
            }
        }
        return true;
    }

    private boolean growNumbers() {
        int more = 2 * byId.length;
        if (!grow(4L * 4 * byId.length)) {
            return false;
        }
        OwnerSet[] wider = Arrays.copyOf(byId, more);
        Arrays.fill(wider, byId.length, more, OwnerSet.NONE);
        int[] queue = new int[more];
        int[] since = new int[more];
        for (int i = 0; i < idleCount; i++) {
            queue[i] = idle[(idleFirst + i) & (idle.length - 1)];
            since[i] = idleSince[(idleFirst + i) & (idle.length - 1)];
        }
        VarHandle.releaseFence(); // readers see the array after what is in it
        byId = wider;
        stale = Arrays.copyOf(stale, more);
        idle = queue;
        idleSince = since;
        idleFirst = 0;
        return true;
    }

    private boolean grow(long by) {
        if (!budget.take(by)) {
            return false;
        }
        bytes += by;
        return true;
    }

    private static int spread(int hash) {
        return (hash * 0x9E3779B9) >>> 7;
    }
}
