package io.jynamo.engine.schedule;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.SequenceHash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reusable blocks of a pool, told as Stored events: one per unbranched run, parents first. */
final class BlockSnapshot {
    private final BlockPool pool;
    private final long id;
    private final int[] firstChild;
    private final int[] sibling;
    private final List<KvEvent.Stored> events = new ArrayList<>();

    private BlockSnapshot(BlockPool pool, long id) {
        this.pool = pool;
        this.id = id;
        firstChild = new int[pool.capacity()];
        sibling = new int[pool.capacity()];
        Arrays.fill(firstChild, BlockPool.NONE);
    }

    static List<KvEvent.Stored> of(BlockPool pool, long id) {
        return new BlockSnapshot(pool, id).tell();
    }

    private List<KvEvent.Stored> tell() {
        Deque<Integer> starts = new ArrayDeque<>();
        for (int block = pool.capacity() - 1; block >= 0; block--) {
            if (!pool.isIndexed(block)) {
                continue;
            }
            if (pool.hasParent(block)) {
                sibling[block] = firstChild[pool.parent(block)];
                firstChild[pool.parent(block)] = block;
            } else if (pool.parent(block) == BlockPool.NONE) {
                starts.push(block);
            }
        }
        while (!starts.isEmpty()) {
            run(starts.pop(), starts);
        }
        return events;
    }

    /** Tells the blocks from {@code start} down to where the tree branches or ends, and queues the branches. */
    private void run(int start, Deque<Integer> starts) {
        int[] run = new int[16];
        int count = 0;
        int block = start;
        while (true) {
            run = count == run.length ? Arrays.copyOf(run, 2 * count) : run;
            run[count++] = block;
            int child = firstChild[block];
            if (child == BlockPool.NONE || sibling(child) != BlockPool.NONE) {
                break;
            }
            block = child;
        }
        for (int child = firstChild[block]; child != BlockPool.NONE; child = sibling(child)) {
            starts.push(child);
        }
        BlockHashes hashes = new BlockHashes(
                Arrays.stream(run, 0, count).mapToLong(pool::local).toArray(),
                Arrays.stream(run, 0, count).mapToLong(pool::sequence).toArray());
        events.add(new KvEvent.Stored(id, parentHash(start), hashes, KvEvent.Tier.DEVICE));
    }

    private int sibling(int block) {
        return sibling[block];
    }

    private @Nullable SequenceHash parentHash(int block) {
        return pool.parent(block) == BlockPool.NONE ? null : new SequenceHash(pool.sequence(pool.parent(block)));
    }
}
