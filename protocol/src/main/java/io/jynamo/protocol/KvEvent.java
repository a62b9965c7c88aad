package io.jynamo.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of the set of KV blocks that a worker can reuse. Ids rise by one per event and worker. */
public sealed interface KvEvent {
    long id();

    /**
     * Blocks became reusable, each the child of the one before it.
     *
     * @param parent sequence hash of the block before the first, or null at the root
     */
    record Stored(long id, @Nullable SequenceHash parent, List<StoredBlock> blocks, Tier tier) implements KvEvent {
        public Stored {
            blocks = List.copyOf(blocks);
        }
    }

    /** Blocks are gone from a tier. */
    record Removed(long id, List<SequenceHash> blocks, Tier tier) implements KvEvent {
        public Removed {
            blocks = List.copyOf(blocks);
        }
    }

    /** Every block is gone from every tier. */
    record Cleared(long id) implements KvEvent {}

    /** A full block: the hash of its chain and the hash of its own tokens. */
    record StoredBlock(SequenceHash sequence, LocalHash local) {}

    /** Where a block lives. */
    enum Tier {
        DEVICE,
        HOST,
        DISK,
        REMOTE
    }
}
