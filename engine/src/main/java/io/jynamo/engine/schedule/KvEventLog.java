package io.jynamo.engine.schedule;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.SequenceHash;
import io.jynamo.protocol.SequenceHashes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The KV events of one pool that nobody has collected yet. Neighbouring changes of one kind become one event: a run of
 * blocks, each the child of the one before, or a batch of removals.
 */
final class KvEventLog {
    // The run or batch that is not an event yet: stored blocks by sequence and local hash, or removed ones by sequence.
    private long[] sequences = new long[64];
    private long[] locals = new long[64];
    private int stored;
    private int removed;
    private List<KvEvent> ready = new ArrayList<>();
    private @Nullable SequenceHash parent;
    private long lastId;

    /** The id of the newest event; 0 before the first. */
    long lastId() {
        flush();
        return lastId;
    }

    /** A block that continues the one of hash {@code blockParent}. */
    void stored(long blockParent, long sequence, long local) {
        if (stored == 0 || sequences[stored - 1] != blockParent) {
            flush();
            parent = new SequenceHash(blockParent);
        }
        add(sequence, local);
    }

    /** A first block. */
    void storedAtRoot(long sequence, long local) {
        flush();
        parent = null;
        add(sequence, local);
    }

    private void add(long sequence, long local) {
        makeRoom(stored);
        sequences[stored] = sequence;
        locals[stored++] = local;
    }

    void removed(long sequence) {
        if (stored > 0) {
            flush();
        }
        makeRoom(removed);
        sequences[removed++] = sequence;
    }

    void cleared() {
        flush();
        ready.add(new KvEvent.Cleared(++lastId));
    }

    /** Everything since the last call, in order. */
    List<KvEvent> drain() {
        flush();
        if (ready.isEmpty()) {
            return List.of();
        }
        List<KvEvent> events = ready;
        ready = new ArrayList<>();
        return events;
    }

    private void flush() {
        if (stored > 0) {
            BlockHashes run = new BlockHashes(Arrays.copyOf(locals, stored), Arrays.copyOf(sequences, stored));
            ready.add(new KvEvent.Stored(++lastId, parent, run, KvEvent.Tier.DEVICE));
            stored = 0;
        }
        if (removed > 0) {
            SequenceHashes batch = new SequenceHashes(Arrays.copyOf(sequences, removed));
            ready.add(new KvEvent.Removed(++lastId, batch, KvEvent.Tier.DEVICE));
            removed = 0;
        }
    }

    private void makeRoom(int count) {
        if (count == sequences.length) {
            sequences = Arrays.copyOf(sequences, 2 * count);
            locals = Arrays.copyOf(locals, 2 * count);
        }
    }
}
