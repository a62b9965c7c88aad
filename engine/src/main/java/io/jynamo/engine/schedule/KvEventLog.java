package io.jynamo.engine.schedule;

import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.LocalHash;
import io.jynamo.protocol.SequenceHash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The KV events of one pool that nobody has collected yet. Neighbouring changes of one kind become one event: a run of
 * blocks, each the child of the one before, or a batch of removals.
 */
final class KvEventLog {
    private final List<KvEvent.StoredBlock> stored = new ArrayList<>();
    private final List<SequenceHash> removed = new ArrayList<>();
    private List<KvEvent> ready = new ArrayList<>();
    private @Nullable SequenceHash parent;
    private long lastStored;
    private long lastId;

    /** The id of the newest event; 0 before the first. */
    long lastId() {
        flush();
        return lastId;
    }

    /** A block that continues the one of hash {@code blockParent}. */
    void stored(long blockParent, long sequence, long local) {
        if (stored.isEmpty() || lastStored != blockParent) {
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
        lastStored = sequence;
        stored.add(new KvEvent.StoredBlock(new SequenceHash(sequence), new LocalHash(local)));
    }

    void removed(long sequence) {
        if (!stored.isEmpty()) {
            flush();
        }
        removed.add(new SequenceHash(sequence));
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
        if (!stored.isEmpty()) {
            ready.add(new KvEvent.Stored(++lastId, parent, stored, KvEvent.Tier.DEVICE));
            stored.clear();
        }
        if (!removed.isEmpty()) {
            ready.add(new KvEvent.Removed(++lastId, removed, KvEvent.Tier.DEVICE));
            removed.clear();
        }
    }
}
