package io.jynamo.protocol;

import io.jynamo.protocol.KvEvent.Tier;
import java.util.EnumMap;
import java.util.Map;

/**
 * The digests of one worker's blocks, tier by tier, kept up as they come and go. It does not know which blocks those are,
 * so it takes a few words whatever their number; a block that is added twice is counted twice. One thread at a time.
 */
public final class BlockTally {
    private static final class Sums {
        private long blocks;
        private long sum;
        private long xor;

        private void count(int by, long sequenceHash) {
            long mixed = BlockDigest.mix(sequenceHash);
            blocks += by;
            sum += by * mixed;
            xor ^= mixed;
        }
    }

    private final Map<Tier, Sums> tiers = new EnumMap<>(Tier.class);

    /** A block is on the tier that was not. */
    public void add(Tier tier, long sequenceHash) {
        of(tier).count(1, sequenceHash);
    }

    /** A block is no longer on the tier. */
    public void remove(Tier tier, long sequenceHash) {
        of(tier).count(-1, sequenceHash);
    }

    /** What an event says happened. */
    public void on(KvEvent event) {
        switch (event) {
            case KvEvent.Stored stored -> {
                Sums sums = of(stored.tier());
                for (long hash : stored.blocks().sequence()) {
                    sums.count(1, hash);
                }
            }
            case KvEvent.Removed removed -> {
                Sums sums = of(removed.tier());
                for (long hash : removed.blocks().values()) {
                    sums.count(-1, hash);
                }
            }
            case KvEvent.Cleared all -> clear();
            case KvEvent.Lost all -> clear();
            case KvEvent.Digest says -> {}
        }
    }

    /** The tier has no blocks any more. */
    public void clear(Tier tier) {
        tiers.remove(tier);
    }

    /** No tier has. */
    public void clear() {
        tiers.clear();
    }

    /** One of each tier that has blocks. */
    public Map<Tier, BlockDigest> digests() {
        Map<Tier, BlockDigest> digests = new EnumMap<>(Tier.class);
        tiers.forEach((tier, sums) -> {
            BlockDigest digest = new BlockDigest(sums.blocks, sums.sum, sums.xor);
            if (!digest.equals(BlockDigest.NONE)) {
                digests.put(tier, digest);
            }
        });
        return digests;
    }

    private Sums of(Tier tier) {
        return tiers.computeIfAbsent(tier, key -> new Sums());
    }
}
