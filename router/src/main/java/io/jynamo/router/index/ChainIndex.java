package io.jynamo.router.index;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A prefix index in one hash table: every position of a prompt is a probe of its own, and a run of blocks with the same
 * owners costs no set work however many they are.
 *
 * <p><b>How it works.</b> {@link SlotTable} maps block hash to {@link OwnerSet}; sets are interned, so each block costs
 * one slot whatever the number of its owners. Readers take the current table and probe: they never wait, also while a
 * writer changes the table or makes its successor. Writers take turns; one event is one turn. A new table is made when
 * three quarters of the slots are taken, twice as large or, where many of the blocks are without owners, of the same size.
 *
 * <p><b>Invariants.</b> (1) An owner is reported for a block only if it stored it and has not removed it since. (2)
 * {@link #bytes} never exceeds the limit; half of the table's share is kept for its successor.
 *
 * <p><b>When the limit is reached</b>, in this order: blocks not known yet are not taken up (hits of prompts end before
 * them); an owner set that does not fit is not made (its block keeps its former owners when one is added, and is
 * forgotten when one is taken out). So the index says less than is true, never more, and a policy falls back towards
 * load alone. {@link #hasRoom} says when half of the room is free again, so that owners can be read anew.
 */
public final class ChainIndex implements PrefixIndex {
    /** The least memory limit, in bytes. */
    public static final long MIN_BYTES = 64 << 10;

    private static final int FIRST_CAPACITY = 1024;

    private final ReentrantLock writing = new ReentrantLock();
    private final int maxCapacity;
    private final OwnerSets sets;
    private final int firstCapacity;
    private volatile SlotTable table;
    private final AtomicLong live = new AtomicLong();
    private int[] blocksOf = new int[64];

    /** @param maxBytes memory it may use, at least {@link #MIN_BYTES} */
    public ChainIndex(long maxBytes) {
        this(maxBytes, FIRST_CAPACITY);
    }

    /** @param firstCapacity of its table, a power of two: a test wants one that is soon full */
    ChainIndex(long maxBytes, int firstCapacity) {
        if (maxBytes < MIN_BYTES) {
            throw new IllegalArgumentException("maxBytes must be at least " + MIN_BYTES + ": " + maxBytes);
        }
        long setBytes = maxBytes / 8;
        long slots = (maxBytes - setBytes) / 2 / SlotTable.SLOT_BYTES;
        maxCapacity = (int) Math.min(1 << 29, Long.highestOneBit(slots));
        sets = new OwnerSets(setBytes);
        this.firstCapacity = firstCapacity;
        table = new SlotTable(firstCapacity);
    }

    @Override
    public int store(int owner, long[] sequences) {
        writing.lock();
        try {
            int dropped = 0;
            for (long sequence : sequences) {
                if (!store(owner, sequence)) {
                    dropped++;
                }
            }
            return dropped;
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void remove(int owner, long[] sequences) {
        writing.lock();
        try {
            for (long sequence : sequences) {
                int slot = table.slot(sequence);
                if (slot >= 0 && table.at(slot).contains(owner)) {
                    leave(table, slot, owner);
                }
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void clear(int owner) {
        writing.lock();
        try {
            SlotTable swept = table;
            for (int slot = 0; slot < swept.capacity() && blocksOf(owner) > 0; slot++) {
                if (swept.at(slot).contains(owner)) {
                    leave(swept, slot, owner);
                }
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void find(long[] sequences, int[] depths) {
        Arrays.fill(depths, 0);
        SlotTable current = table;
        OwnerSet set = sequences.length == 0 ? OwnerSet.NONE : current.owners(sequences[0]);
        long[] holding = new long[set.words()];
        for (int word = 0; word < holding.length; word++) {
            holding[word] = set.word(word);
        }
        boolean any = !set.isEmpty();
        int depth = any ? 1 : 0;
        for (; any && depth < sequences.length; depth++) {
            OwnerSet next = current.owners(sequences[depth]);
            if (next.is(set)) {
                continue;
            }
            any = false;
            for (int word = 0; word < holding.length; word++) {
                long leaving = holding[word] & ~next.word(word);
                report(leaving, word, depth, depths);
                holding[word] &= ~leaving;
                any |= holding[word] != 0;
            }
            set = next;
        }
        for (int word = 0; word < holding.length; word++) {
            report(holding[word], word, depth, depths);
        }
    }

    @Override
    public long blocks() {
        return live.get();
    }

    @Override
    public long bytes() {
        writing.lock();
        try {
            return 2L * table.capacity() * SlotTable.SLOT_BYTES + sets.bytes();
        } finally {
            writing.unlock();
        }
    }

    @Override
    public boolean hasRoom() {
        writing.lock();
        try {
            return live.get() < mostBlocks() / 2 && sets.bytes() < sets.maxBytes() / 2;
        } finally {
            writing.unlock();
        }
    }

    /** How many blocks fit at most. */
    public long mostBlocks() {
        return maxCapacity * 5L / 8;
    }

    /** Distinct owner sets in use. */
    int setCount() {
        writing.lock();
        try {
            return sets.count();
        } finally {
            writing.unlock();
        }
    }

    private boolean store(int owner, long sequence) {
        int slot = table.slot(sequence);
        OwnerSet from = slot >= 0 ? table.at(slot) : OwnerSet.NONE;
        if (from.contains(owner)) {
            return true;
        }
        if (from.isEmpty() && live.get() >= mostBlocks()) {
            return false;
        }
        OwnerSet to = sets.step(from, owner, true);
        if (to == null) {
            return false;
        }
        if (slot < 0) {
            if (table.used() >= table.capacity() / 4 * 3) {
                renew();
                slot = table.slot(sequence);
            }
            table.take(~slot, sequence, to);
        } else {
            table.replace(slot, to);
        }
        if (from.isEmpty()) {
            live.incrementAndGet();
        }
        sets.moved(from, to);
        count(owner, 1);
        return true;
    }

    private void leave(SlotTable in, int slot, int owner) {
        OwnerSet from = in.at(slot);
        OwnerSet to = sets.step(from, owner, false);
        if (to == null) {
            throw new IllegalStateException("taking an owner out found no set");
        }
        in.replace(slot, to);
        if (to.isEmpty()) {
            live.decrementAndGet();
            // Every owner of the block is gone, also those that were left where the smaller set had no room.
            for (int other = from.next(0); other >= 0; other = from.next(other + 1)) {
                count(other, -1);
            }
        } else {
            count(owner, -1);
        }
        sets.moved(from, to);
    }

    private void renew() {
        int capacity = firstCapacity;
        while (capacity < maxCapacity && live.get() >= capacity * 3L / 8) {
            capacity *= 2;
        }
        SlotTable next = new SlotTable(capacity);
        table.copyTo(next);
        table = next;
    }

    private int blocksOf(int owner) {
        return owner < blocksOf.length ? blocksOf[owner] : 0;
    }

    private void count(int owner, int change) {
        if (owner >= blocksOf.length) {
            blocksOf = Arrays.copyOf(blocksOf, Math.max(owner + 1, blocksOf.length * 2));
        }
        blocksOf[owner] += change;
    }

    private static void report(long owners, int word, int depth, int[] depths) {
        for (long rest = owners; rest != 0; rest &= rest - 1) {
            int owner = (word << 6) + Long.numberOfTrailingZeros(rest);
            if (owner < depths.length) {
                depths[owner] = depth;
            }
        }
    }
}
