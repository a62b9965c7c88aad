package io.jynamo.router.index;

import io.jynamo.protocol.BlockHashes;
import java.util.Arrays;
import java.util.BitSet;
import java.util.PriorityQueue;

/**
 * Blocks that owners are expected to have, each until its deadline: entries of the same index, on a plane of their own.
 * Used by one writer at a time.
 *
 * <p>A prediction is a batch of blocks; the batch that is due first is first in a queue. A block predicted anew is due
 * when the latest of its predictions is: a table has that, by block and owner.
 */
final class Predictions {
    private static final long BATCH_BYTES = 72;
    private static final int ENDED_AT_ONCE = 64;

    private final Blocks blocks;
    private final MemoryBudget budget;
    private final long maxBytes;
    private final PriorityQueue<Batch> batches = new PriorityQueue<>();
    private final DeadlineTable deadlines;
    private final BitSet foreseen = new BitSet();
    private long bytes;

    Predictions(Blocks blocks, MemoryBudget budget) {
        this.blocks = blocks;
        this.budget = budget;
        this.maxBytes = budget.max() / 2;
        this.deadlines = new DeadlineTable(budget);
    }

    /** Compared by the difference, for a clock that may wrap around; two batches are never equal. */
    private static final class Batch implements Comparable<Batch> {
        private final long deadline;
        private final int owner;
        private final long[] sequences;

        Batch(long deadline, int owner, long[] sequences) {
            this.deadline = deadline;
            this.owner = owner;
            this.sequences = sequences;
        }

        @Override
        public int compareTo(Batch other) {
            return Long.signum(deadline - other.deadline);
        }

        long bytes() {
            return BATCH_BYTES + 8L * sequences.length;
        }
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    /** When the first is due; only where there is one. */
    long nextDeadline() {
        return batches.element().deadline;
    }

    /** Until when an owner is expected to have a block, or {@link PrefixIndex#NOT_PREDICTED}. */
    long deadline(int owner, long sequence) {
        return deadlines.get(key(sequence, owner), PrefixIndex.NOT_PREDICTED);
    }

    /**
     * Predicts that an owner has these blocks; gives how many at the end found no room, also after those due first made
     * some.
     */
    int add(int owner, BlockHashes hashes, long deadline) {
        int member = OwnerSet.member(owner, OwnerSet.PREDICTED);
        long[] sequences = hashes.sequence();
        foreseen.clear();
        for (int i = 0; i < sequences.length; i++) {
            foreseen.set(i, blocks.owners(blocks.find(sequences[i])).contains(member));
        }
        long need = BATCH_BYTES + 8L * sequences.length;
        int more = sequences.length - foreseen.cardinality();
        for (int i = 0; i < ENDED_AT_ONCE && !isEmpty() && (bytes + need > maxBytes || !deadlines.reserve(more)); i++) {
            endFirst();
        }
        int left = bytes + need > maxBytes
                ? sequences.length
                : blocks.store(member, OwnerSet.member(owner, 0), 0, 0, hashes);
        int shown = sequences.length - left;
        long[] kept = new long[shown];
        int count = 0;
        for (int i = 0; i < shown; i++) {
            if (blocks.owners(blocks.find(sequences[i])).contains(member)) {
                long key = key(sequences[i], owner);
                if (foreseen.get(i) ? deadlines.extend(key, deadline) : deadlines.put(key, deadline)) {
                    kept[count++] = sequences[i];
                } else {
                    blocks.remove(member, sequences[i]);
                }
            }
        }
        Batch batch = new Batch(deadline, owner, Arrays.copyOf(kept, count));
        if (count > 0 && budget.take(batch.bytes())) {
            bytes += batch.bytes();
            batches.add(batch);
            return left;
        }
        for (long sequence : batch.sequences) {
            forget(member, sequence, owner);
        }
        return count > 0 ? sequences.length : left;
    }

    /** Ends the batch that is due first, whatever the time: blocks that are due no later are taken out. */
    void endFirst() {
        Batch batch = batches.remove();
        bytes -= batch.bytes();
        budget.give(batch.bytes());
        int member = OwnerSet.member(batch.owner, OwnerSet.PREDICTED);
        for (long sequence : batch.sequences) {
            if (deadlines.isDue(key(sequence, batch.owner), batch.deadline)) {
                forget(member, sequence, batch.owner);
            }
        }
    }

    private void forget(int member, long sequence, int owner) {
        deadlines.remove(key(sequence, owner));
        blocks.remove(member, sequence);
    }

    private static long key(long sequence, int owner) {
        return sequence ^ (owner + 1) * 0x9E3779B97F4A7C15L;
    }
}
