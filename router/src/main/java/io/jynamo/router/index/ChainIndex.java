package io.jynamo.router.index;

import io.jynamo.protocol.BlockHashBuffer;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHash;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A prefix index in bounded memory whose readers never wait and whose look-ups cost about one comparison a block,
 * however many owners a block has.
 *
 * <p><b>How it works.</b> {@link Runs} hold the blocks, side by side as they follow each other; {@link BlockTable} says
 * where a sequence hash lies; {@link OwnerSets} has each distinct set of owners and tiers once, so that a block costs a
 * number. A prompt is read along its runs ({@link PrefixWalk}) and answered in steps ({@link PrefixHits}). Writers take
 * turns, and who finds another at work leaves the event to that one ({@link HandOver}), so a second lane costs no
 * waiting; where too much is left already, it comes back a moment later. An owner that leaves is taken out of the sets, at once
 * and whatever the number of blocks; what nobody has then is swept when it is a quarter of all, in slices between which
 * others write, or where room is wanted. What is given up is used again when no reader
 * can see it any more ({@link Grace}). Predictions are members of the same sets with a deadline ({@link Predictions}).
 *
 * <p><b>Invariants.</b> (1) An owner is reported for a block only if it stored it and has not removed it since, or it was
 * predicted and is not due. (2) {@link #bytes} never exceeds the limit.
 *
 * <p><b>When the limit is reached</b>, in this order: predictions end before their deadline, first those that are due
 * first; blocks not known yet are not taken up (hits of prompts end before them); an owner set that does not fit is not
 * made (its block keeps its former owners when one is added, and is forgotten when one is taken out). So the index says
 * less than is true, never more, and a policy falls back towards load alone. {@link #hasRoom} says when half of the room
 * is free again, so that owners can be read anew.
 */
public final class ChainIndex implements PrefixIndex {
    /** The least memory limit, in bytes. */
    public static final long MIN_BYTES = 64 << 10;

    private static final long[] UNKNOWN = new long[0];
    private static final long BASE_BYTES = 4 << 10;
    private static final int SWEPT_AT_ONCE = 256;
    private static final int SWEPT_BY_EVENT = 8;
    private static final int SWEPT_FOR_ROOM = 64;
    private static final int ENDED_AT_ONCE = 64;
    private static final int MOST_OWNERS = 1 << 20;
    private static final int MOST_WAITS = 100;
    private static final long WAIT_NANOS = 100_000;

    private final ReentrantLock writing = new ReentrantLock();
    private final HandOver handOver;
    private final MemoryBudget budget;
    private final Grace grace = new Grace();
    private final OwnerSets sets;
    private final Blocks blocks;
    private final PrefixWalk walk;
    private final Predictions predictions;
    private final LongSupplier nanoTime;
    private volatile boolean predicts;
    private volatile long nextDeadline;
    private volatile AtomicLongArray leftOut = new AtomicLongArray(64);
    private volatile long fullAt;

    /** On the system's clock. */
    public ChainIndex(long maxBytes) {
        this(maxBytes, System::nanoTime);
    }

    /**
     * An empty index.
     *
     * @param maxBytes memory it may use, at least {@link #MIN_BYTES}; besides it needs some bytes for each owner
     * @param nanoTime the clock of deadlines
     */
    public ChainIndex(long maxBytes, LongSupplier nanoTime) {
        if (maxBytes < MIN_BYTES) {
            throw new IllegalArgumentException("maxBytes must be at least " + MIN_BYTES + ": " + maxBytes);
        }
        this.nanoTime = nanoTime;
        budget = new MemoryBudget(maxBytes);
        int scale = 63 - Long.numberOfLeadingZeros(maxBytes / MIN_BYTES);
        int waiting = Math.min(512, 64 << (scale / 2));
        handOver = new HandOver(waiting);
        budget.take(BASE_BYTES + Grace.BYTES + 4L * waiting);
        sets = new OwnerSets(budget, grace, Math.min(4096, 64 << scale));
        BlockTable table = new BlockTable(budget, Math.clamp(scale - 2, 0, 9));
        Runs runs = new Runs(budget, grace, Math.clamp(scale, 2, 10));
        blocks = new Blocks(table, runs, sets, grace);
        walk = new PrefixWalk(table, runs, sets);
        predictions = new Predictions(blocks, budget);
    }

    @Override
    public void on(int owner, KvEvent event) {
        require(owner);
        for (int waits = 0; !writing.tryLock(); waits++) {
            if (handOver.offer(owner, event)) {
                catchUp();
                return;
            }
            if (waits == MOST_WAITS) {
                writing.lock();
                break;
            }
            LockSupport.parkNanos(WAIT_NANOS); // whoever works there need not wake this one after each event
        }
        try {
            takeOver();
            apply(owner, event);
            if (blocks.isLittered()) {
                blocks.sweep(SWEPT_BY_EVENT);
            }
            tidy();
        } finally {
            writing.unlock();
        }
        catchUp();
    }

    @Override
    public void clear(int owner) {
        require(owner);
        boolean littered;
        writing.lock();
        try {
            takeOver();
            blocks.drop(owner);
            tidy();
            littered = blocks.isLittered();
        } finally {
            writing.unlock();
        }
        while (littered) {
            writing.lock();
            try {
                takeOver();
                littered = blocks.isLittered();
                if (littered) {
                    blocks.sweep(SWEPT_AT_ONCE);
                }
                tidy();
            } finally {
                writing.unlock();
            }
        }
        catchUp();
    }

    @Override
    public void predict(int owner, BlockHashes prompt, long deadlineNanos) {
        require(owner);
        writing.lock();
        try {
            takeOver();
            endPredictions();
            if (deadlineNanos - nanoTime.getAsLong() > 0) {
                if (!predicts || deadlineNanos - nextDeadline < 0) {
                    nextDeadline = deadlineNanos; // readers know it before they can see the prediction
                }
                int left = predictions.add(owner, prompt, deadlineNanos);
                for (int i = 0; i < SWEPT_FOR_ROOM && left > 0 && blocks.hasDead(); i++) {
                    makeRoom();
                    left = predictions.add(owner, prompt, deadlineNanos);
                }
                for (int i = 0; i < ENDED_AT_ONCE && left > 0 && !predictions.isEmpty(); i++) {
                    predictions.endFirst();
                    blocks.reclaim();
                    left = predictions.add(owner, prompt, deadlineNanos);
                }
                leave(owner, left);
            }
            tidy();
        } finally {
            writing.unlock();
        }
        catchUp();
    }

    @Override
    public long deadline(int owner, long sequence) {
        if (!writing.tryLock()) {
            return NOT_PREDICTED;
        }
        try {
            return predictions.deadline(owner, sequence);
        } finally {
            writing.unlock();
            catchUp();
        }
    }

    @Override
    public void find(BlockHashes prompt, PrefixHits hits) {
        find(prompt.local(), prompt.sequence(), prompt.count(), hits);
    }

    @Override
    public void find(BlockHashBuffer prompt, PrefixHits hits) {
        find(prompt.local(), prompt.sequence(), prompt.count(), hits);
    }

    @Override
    public void find(long[] localHashes, PrefixHits hits) {
        find(localHashes, UNKNOWN, localHashes.length, hits);
    }

    private void find(long[] locals, long[] sequences, int count, PrefixHits hits) {
        boolean predicted = predicts && endDue();
        hits.start();
        int pass = grace.enter();
        try {
            hits.end(walk.along(locals, sequences, count, hits), predicted);
        } finally {
            grace.leave(pass);
        }
    }

    /**
     * Ends what is due, where no writer is at work; gives whether all of it is ended. If not, a reader goes without
     * predictions rather than wait or believe one that is over.
     */
    private boolean endDue() {
        if (isDue() && writing.tryLock()) {
            try {
                tidy();
            } finally {
                writing.unlock();
            }
            catchUp();
        }
        return !isDue();
    }

    private boolean isDue() {
        return predicts && nanoTime.getAsLong() - nextDeadline >= 0;
    }

    @Override
    public long blocks() {
        return blocks.count();
    }

    @Override
    public long reclaimed() {
        return blocks.reclaimed();
    }

    @Override
    public long bytes() {
        return budget.used();
    }

    @Override
    public long leftOut(int owner) {
        AtomicLongArray counts = leftOut;
        return owner < counts.length() ? counts.get(owner) : 0;
    }

    @Override
    public boolean hasRoom() {
        return budget.used() < budget.max() / 2 || blocks.count() <= fullAt / 2;
    }

    @Override
    public void settle() {
        writing.lock();
        try {
            takeOver();
        } finally {
            writing.unlock();
        }
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

    private void apply(int owner, KvEvent event) {
        endPredictions();
        switch (event) {
            case KvEvent.Stored stored -> store(owner, stored);
            case KvEvent.Removed removed ->
                blocks.remove(member(owner, removed.tier()), removed.blocks().values());
            case KvEvent.Cleared cleared -> blocks.drop(owner);
            case KvEvent.Lost lost -> blocks.drop(owner);
            case KvEvent.Digest digest -> {} // for who reads the events
        }
    }

    private void store(int owner, KvEvent.Stored stored) {
        int left = take(owner, stored);
        for (int i = 0; i < SWEPT_FOR_ROOM && left > 0 && blocks.hasDead(); i++) {
            makeRoom();
            left = take(owner, stored);
        }
        for (int i = 0; i < ENDED_AT_ONCE && left > 0 && !predictions.isEmpty(); i++) {
            predictions.endFirst();
            blocks.reclaim();
            left = take(owner, stored);
        }
        leave(owner, left);
    }

    private int take(int owner, KvEvent.Stored stored) {
        SequenceHash parent = stored.parent();
        int place = 0;
        if (parent != null) {
            place = blocks.find(parent.value());
            if (blocks.owners(place).planesOf(owner) == 0) {
                return 0;
            }
        }
        int member = member(owner, stored.tier());
        return blocks.store(member, member, place, parent == null ? 0 : parent.value(), stored.blocks());
    }

    /** Blocks of those who left may still have room that others need. */
    private void makeRoom() {
        blocks.sweep(SWEPT_AT_ONCE);
        blocks.reclaim();
    }

    /**
     * Does all that was left before: an event of the same owner may be among it, also behind one that is only just being
     * left, and owners' events count in their order.
     */
    private void takeOver() {
        while (!handOver.isDrained()) {
            HandOver.Entry entry = handOver.poll();
            if (entry != HandOver.NOTHING) { // else its place is taken, and it is there in a moment
                apply(entry.owner(), entry.event());
                tidy();
            }
        }
    }

    /** Does what was left while nobody took it: whoever leaves an event or the lock looks after it. */
    private void catchUp() {
        while (!handOver.isEmpty() && writing.tryLock()) {
            try {
                takeOver();
            } finally {
                writing.unlock();
            }
        }
    }

    private void endPredictions() {
        long now = predictions.isEmpty() ? 0 : nanoTime.getAsLong();
        for (int i = 0; i < ENDED_AT_ONCE && !predictions.isEmpty() && now - predictions.nextDeadline() >= 0; i++) {
            predictions.endFirst();
        }
    }

    private void tidy() {
        endPredictions();
        if (predicts || !predictions.isEmpty()) {
            nextDeadline = predictions.isEmpty() ? nextDeadline : predictions.nextDeadline();
            predicts = !predictions.isEmpty();
        }
        blocks.reclaim();
    }

    private void leave(int owner, int left) {
        if (left > 0) {
            if (owner >= leftOut.length()) {
                AtomicLongArray wider = new AtomicLongArray(Integer.highestOneBit(owner) * 2);
                for (int i = 0; i < leftOut.length(); i++) {
                    wider.set(i, leftOut.get(i));
                }
                leftOut = wider;
            }
            leftOut.getAndAdd(owner, left);
            fullAt = blocks.count();
        }
    }

    private static int member(int owner, Tier tier) {
        return OwnerSet.member(owner, OwnerSet.plane(tier));
    }

    private static void require(int owner) {
        if (owner < 0 || owner >= MOST_OWNERS) {
            throw new IllegalArgumentException("an owner is from 0 to " + (MOST_OWNERS - 1) + ": " + owner);
        }
    }
}
