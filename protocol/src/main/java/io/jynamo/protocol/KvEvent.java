package io.jynamo.protocol;

import org.jspecify.annotations.Nullable;

/** A change of the set of KV blocks that a worker can reuse. Ids rise by one per event and worker. */
public sealed interface KvEvent {
    long id();

    /**
     * Blocks became reusable, each the child of the one before it.
     *
     * @param parent sequence hash of the block before the first, or null at the root
     */
    record Stored(long id, @Nullable SequenceHash parent, BlockHashes blocks, Tier tier) implements KvEvent {}

    /** Blocks are gone from a tier. */
    record Removed(long id, SequenceHashes blocks, Tier tier) implements KvEvent {}

    /** Every block is gone from every tier. */
    record Cleared(long id) implements KvEvent {}

    /**
     * Whoever carries the events lost some: what was told before is worth nothing, and nothing follows. Subscribe anew.
     *
     * @param id says nothing
     */
    record Lost(long id) implements KvEvent {}

    /** Where a block lives. */
    enum Tier {
        DEVICE,
        HOST,
        DISK,
        REMOTE
    }
}
