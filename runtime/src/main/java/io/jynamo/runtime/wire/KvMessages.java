package io.jynamo.runtime.wire;

import io.jynamo.protocol.BlockDigest;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.SequenceHash;
import io.jynamo.protocol.SequenceHashes;
import io.jynamo.runtime.wire.v1.Cleared;
import io.jynamo.runtime.wire.v1.Digest;
import io.jynamo.runtime.wire.v1.Removed;
import io.jynamo.runtime.wire.v1.Stored;
import io.jynamo.runtime.wire.v1.Tier;
import io.jynamo.runtime.wire.v1.TierDigest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** KV events as messages and back. */
public final class KvMessages {
    private KvMessages() {}

    public static io.jynamo.runtime.wire.v1.KvEvent message(KvEvent event) {
        var message = io.jynamo.runtime.wire.v1.KvEvent.newBuilder().setId(event.id());
        switch (event) {
            case KvEvent.Stored stored -> message.setStored(message(stored));
            case KvEvent.Removed removed -> {
                Removed.Builder gone = Removed.newBuilder().setTier(tier(removed.tier()));
                for (long hash : removed.blocks().values()) {
                    gone.addSequence(hash);
                }
                message.setRemoved(gone);
            }
            case KvEvent.Cleared cleared -> message.setCleared(Cleared.getDefaultInstance());
            case KvEvent.Lost lost -> throw new IllegalArgumentException("told by KvEvents.lost, not as an event");
            case KvEvent.Digest digest ->
                throw new IllegalArgumentException("told by KvEvents.digest, not as an event");
        }
        return message.build();
    }

    /**
     * The event of a message.
     *
     * @throws JynamoException INVALID_REQUEST for one that says nothing or contradicts itself
     */
    public static KvEvent event(io.jynamo.runtime.wire.v1.KvEvent message) {
        return switch (message.getWhatCase()) {
            case STORED -> stored(message.getId(), message.getStored());
            case REMOVED ->
                new KvEvent.Removed(
                        message.getId(),
                        SequenceHashes.of(hashes(message.getRemoved().getSequenceList())),
                        tier(message.getRemoved().getTier()));
            case CLEARED -> new KvEvent.Cleared(message.getId());
            case WHAT_NOT_SET ->
                throw new JynamoException(
                        ErrorCode.INVALID_REQUEST, "KV event " + message.getId() + " is of no kind this version knows");
        };
    }

    /** What goes into KvEvents.digest. */
    public static Digest message(KvEvent.Digest digest) {
        Digest.Builder message = Digest.newBuilder().setId(digest.id());
        for (KvEvent.Tier tier : KvEvent.Tier.values()) {
            BlockDigest blocks = digest.tiers().get(tier);
            if (blocks != null) {
                message.addTiers(TierDigest.newBuilder()
                        .setTier(tier(tier))
                        .setBlocks(blocks.blocks())
                        .setSum(blocks.sum())
                        .setXor(blocks.xor()));
            }
        }
        return message.build();
    }

    public static KvEvent.Digest digest(Digest message) {
        Map<KvEvent.Tier, BlockDigest> tiers = new EnumMap<>(KvEvent.Tier.class);
        for (TierDigest each : message.getTiersList()) {
            BlockDigest blocks = new BlockDigest(each.getBlocks(), each.getSum(), each.getXor());
            if (!blocks.equals(BlockDigest.NONE)) {
                tiers.put(tier(each.getTier()), blocks);
            }
        }
        return new KvEvent.Digest(message.getId(), tiers);
    }

    private static Stored message(KvEvent.Stored stored) {
        Stored.Builder message = Stored.newBuilder().setTier(tier(stored.tier()));
        if (stored.parent() != null) {
            message.setParent(stored.parent().value());
        }
        for (int i = 0; i < stored.blocks().count(); i++) {
            message.addLocal(stored.blocks().local()[i]);
            message.addSequence(stored.blocks().sequence()[i]);
        }
        return message.build();
    }

    private static KvEvent stored(long id, Stored message) {
        if (message.getLocalCount() != message.getSequenceCount()) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "KV event " + id + " has " + message.getLocalCount() + " local and " + message.getSequenceCount()
                            + " sequence hashes; each block has one of both");
        }
        return new KvEvent.Stored(
                id,
                message.hasParent() ? new SequenceHash(message.getParent()) : null,
                new BlockHashes(hashes(message.getLocalList()), hashes(message.getSequenceList())),
                tier(message.getTier()));
    }

    private static long[] hashes(List<Long> messages) {
        long[] hashes = new long[messages.size()];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = messages.get(i);
        }
        return hashes;
    }

    private static Tier tier(KvEvent.Tier tier) {
        return switch (tier) {
            case DEVICE -> Tier.DEVICE;
            case HOST -> Tier.HOST;
            case DISK -> Tier.DISK;
            case REMOTE -> Tier.REMOTE;
        };
    }

    /** A tier of a later version is taken for the farthest. */
    private static KvEvent.Tier tier(Tier message) {
        return switch (message) {
            case DEVICE -> KvEvent.Tier.DEVICE;
            case HOST -> KvEvent.Tier.HOST;
            case DISK -> KvEvent.Tier.DISK;
            case REMOTE, UNRECOGNIZED -> KvEvent.Tier.REMOTE;
        };
    }
}
