package io.jynamo.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change of the set of KV blocks that a worker can reuse, or a digest of the set. Ids rise by one per change and worker.
 */
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

    /**
     * What the worker holds after the change of that id, which is the last one told: whoever followed them can tell
     * whether it holds the same. A worker that tells digests says that a block is stored only if it was not on that tier,
     * and that it is removed only if it was.
     *
     * @param id of the last change; takes none of its own
     * @param tiers one of each tier that has blocks
     */
    record Digest(long id, Map<Tier, BlockDigest> tiers) implements KvEvent {
        public Digest {
            tiers = Map.copyOf(tiers);
        }
    }

    /** Where a block lives. */
    enum Tier {
        DEVICE,
        HOST,
        DISK,
        REMOTE
    }
}
