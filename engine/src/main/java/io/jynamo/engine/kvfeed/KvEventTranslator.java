package io.jynamo.engine.kvfeed;

import io.jynamo.engine.kvfeed.EngineBlocks.Block;
import io.jynamo.engine.kvfeed.EngineKvEvent.Place;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHash;
import io.jynamo.protocol.SequenceHashes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns an engine's KV events into ours: the engine's names of blocks become the hashes of {@link BlockHasher}, computed
 * from the token ids of a stored block and what is known of its parent. Pure; one thread at a time.
 *
 * <p>What it tells is a set: a block stored twice is told once, and a block that is told removed was told stored. What
 * cannot be named surely (unknown parent, embedded prompts, numbered adapters, foreign media) is left out and counted, so that
 * subscribers may miss a block and never get a wrong one. Of a model with several KV cache groups, the first group of
 * full attention counts.
 */
public final class KvEventTranslator {
    private static final Set<String> WHOLE_PREFIX =
            Set.of("", "full_attention", "mla_attention", "sink_full_attention");

    /** What was left out so far, in blocks except {@code ignored}, which is in events. */
    public record Omissions(long unknownParents, long opaque, long overflowed, long ignored) {}

    private final int blockTokens;
    private final EngineBlocks known;
    private final HeldBlocks held = new HeldBlocks();
    private final RemovedRun removals = new RemovedRun();
    private int group = Place.NO_GROUP;
    private long lastId;
    private boolean incomplete;
    private @Nullable JynamoException refusal;
    private long unknownParents;
    private long opaque;
    private long overflowed;
    private long ignored;
    private long duplicates;
    private long orphans;

    /**
     * @param blockTokens tokens per block by the worker's card
     * @param maxBlocks blocks of the engine that are followed at once
     */
    public KvEventTranslator(int blockTokens, int maxBlocks) {
        if (blockTokens < 1 || maxBlocks < 1) {
            throw new IllegalArgumentException("blockTokens " + blockTokens + ", maxBlocks " + maxBlocks);
        }
        this.blockTokens = blockTokens;
        this.known = new EngineBlocks(maxBlocks);
    }

    /** What subscribers are to be told of a batch, in order. */
    public List<KvEvent> on(Decoding.Batch batch) {
        List<KvEvent> told = new ArrayList<>();
        for (EngineKvEvent event : batch.events()) {
            switch (event) {
                case EngineKvEvent.Stored stored -> {
                    flushRemovals(told);
                    stored(stored, told);
                }
                case EngineKvEvent.Removed removed -> removed(removed, told);
                case EngineKvEvent.Cleared cleared -> {
                    flushRemovals(told);
                    cleared(told);
                }
                case EngineKvEvent.Unknown unknown -> ignored++;
            }
        }
        flushRemovals(told);
        return told;
    }

    /** Forgets everything, for want of knowing what became of it. */
    public List<KvEvent> reset() {
        boolean tell = !held.isEmpty();
        held.clear();
        known.clear();
        incomplete = false;
        return tell ? List.of(new KvEvent.Cleared(++lastId)) : List.of();
    }

    /**
     * Takes over what another reader knew of the engine, parents first, and says what subscribers are to be told. Their
     * salts and adapters are not known: of blocks that will follow those that have one, nothing is found.
     */
    List<KvEvent> inherit(List<KnownBlock> blocks) {
        List<KvEvent> told = new ArrayList<>();
        for (KnownBlock block : blocks) {
            Long parent = block.parent();
            Block above = parent == null ? null : known.find(parent);
            if (parent != null && above == null) {
                continue;
            }
            long sequence = above == null ? block.local() : BlockHasher.chain(above.sequence, block.local());
            StoredRun run = new StoredRun(block.tier());
            SequenceHash before = above == null ? null : new SequenceHash(above.sequence);
            if (enter(block.name(), Block.of(sequence, CacheScope.SHARED), block.tier(), run, told)
                    && held.add(sequence, block.local(), before, block.tier())) {
                run.add(before, block.local(), sequence);
            }
            run.flush(told);
        }
        return told;
    }

    /** The engine's names of what is held, by the blocks' sequence hashes. */
    Map<Long, Long> names() {
        return known.names();
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    /** What is held now, as events with the id of the last event told. */
    public List<KvEvent> snapshot() {
        return held.snapshot(lastId);
    }

    /** What is held now, in figures, after the last event told. */
    KvEvent.Digest digest() {
        return held.digest(lastId);
    }

    /** The id of the last event; 0 before the first. */
    public long lastId() {
        return lastId;
    }

    /** Whether blocks were left out because their parents are not known: only telling everything anew would bring them. */
    public boolean isIncomplete() {
        return incomplete;
    }

    /** Why nothing of this engine can be used, where that is so. */
    public Optional<JynamoException> refusal() {
        return Optional.ofNullable(refusal);
    }

    public Omissions omissions() {
        return new Omissions(unknownParents, opaque, overflowed, ignored);
    }

    /** Events that stored a block which was there. */
    public long duplicates() {
        return duplicates;
    }

    /** Events whose blocks follow one that is not known. */
    public long orphans() {
        return orphans;
    }

    private void stored(EngineKvEvent.Stored event, List<KvEvent> told) {
        Optional<Tier> tier = tier(event.place());
        if (tier.isEmpty() || !isFollowed(event.place())) {
            ignored++;
            return;
        }
        if (event.blockTokens() != blockTokens) {
            ignored++;
            refuse(event.blockTokens());
            return;
        }
        Long parent = event.parent();
        if (parent == null) {
            store(event, new Chain(null, event.scope(), event.plainBlocks()), tier.get(), told);
            return;
        }
        Block above = known.find(parent);
        if (above == null) {
            unknownParents += event.blocks().count();
            orphans++;
            incomplete = true;
            return;
        }
        Chain chain = above.opaque
                ? new Chain(null, above.scope, 0)
                : new Chain(new SequenceHash(above.sequence), above.scope, event.plainBlocks());
        store(event, chain, tier.get(), told);
    }

    /** What an event's blocks continue, and how many of them can be named. */
    private record Chain(@Nullable SequenceHash parent, CacheScope scope, int plain) {}

    private void store(EngineKvEvent.Stored event, Chain chain, Tier tier, List<KvEvent> told) {
        BlockHasher hasher = new BlockHasher(blockTokens, chain.scope);
        long[] names = event.blocks().values();
        StoredRun run = new StoredRun(tier);
        SequenceHash parent = chain.parent;
        boolean duplicate = false;
        for (int i = 0; i < names.length; i++) {
            if (i >= chain.plain) {
                opaque++;
                if (!enter(names[i], Block.opaque(chain.scope), tier, run, told)) {
                    overflowed += names.length - i;
                    break;
                }
                continue;
            }
            long local = hasher.localHash(event.tokens(), i * blockTokens);
            long sequence = parent == null ? local : BlockHasher.chain(parent.value(), local);
            Block before = known.find(names[i]);
            boolean there = before != null && !before.opaque && before.sequence == sequence && before.isIn(tier);
            duplicate |= there;
            if (!there && !enter(names[i], Block.of(sequence, chain.scope), tier, run, told)) {
                overflowed += names.length - i;
                break;
            }
            if (there || !held.add(sequence, local, parent, tier)) {
                run.flush(told);
            } else {
                run.add(parent, local, sequence);
            }
            parent = new SequenceHash(sequence);
        }
        duplicates += duplicate ? 1 : 0;
        run.flush(told);
    }

    /**
     * Notes that the engine has a block of this name in a tier. One that had the name before and is another is taken
     * away first.
     *
     * @return false where there is no room
     */
    private boolean enter(long name, Block block, Tier tier, StoredRun run, List<KvEvent> told) {
        Block before = known.find(name);
        Block now = block;
        if (before != null && before.opaque == block.opaque && before.sequence == block.sequence) {
            now = before;
        } else if (before != null && !before.isNowhere()) {
            run.flush(told);
            for (Tier each : Tier.values()) {
                leave(name, before, each, told);
            }
        }
        if (!known.hold(name, now)) {
            return false;
        }
        now.enter(tier);
        return true;
    }

    private void removed(EngineKvEvent.Removed event, List<KvEvent> told) {
        Optional<Tier> tier = tier(event.place());
        boolean otherGroup = group != Place.NO_GROUP
                && event.place().group() != Place.NO_GROUP
                && event.place().group() != group;
        if (tier.isEmpty() || otherGroup) {
            ignored++;
            return;
        }
        for (long name : event.blocks().values()) {
            Block block = known.find(name);
            if (block != null) {
                leave(name, block, tier.get(), told);
            }
        }
    }

    private void leave(long name, Block block, Tier tier, List<KvEvent> told) {
        if (!block.leave(tier)) {
            return;
        }
        if (block.isNowhere()) {
            known.retire(name);
        }
        if (!block.opaque && held.remove(block.sequence, tier)) {
            if (removals.tier != tier) {
                flushRemovals(told);
            }
            removals.add(tier, block.sequence);
        }
    }

    /** An engine clears the memory it computes in; what it has elsewhere stays. */
    private void cleared(List<KvEvent> told) {
        boolean deviceOnly = held.isEmpty(Tier.HOST) && held.isEmpty(Tier.DISK) && held.isEmpty(Tier.REMOTE);
        if (deviceOnly) {
            held.clear();
            known.clear();
            incomplete = false;
            told.add(new KvEvent.Cleared(++lastId));
            return;
        }
        known.leaveAll(Tier.DEVICE);
        long[] gone = held.removeAll(Tier.DEVICE);
        if (gone.length > 0) {
            told.add(new KvEvent.Removed(++lastId, new SequenceHashes(gone), Tier.DEVICE));
        }
    }

    private static Optional<Tier> tier(Place place) {
        return place.local() ? Medium.tier(place.medium()) : Optional.empty();
    }

    /** Whether blocks of this group serve a whole prefix, and are of the one group that is followed. */
    private boolean isFollowed(Place place) {
        if (!WHOLE_PREFIX.contains(place.attention())) {
            return false;
        }
        if (place.group() != Place.NO_GROUP && group == Place.NO_GROUP) {
            group = place.group();
        }
        return place.group() == Place.NO_GROUP || place.group() == group;
    }

    private void refuse(int engineBlockTokens) {
        if (refusal == null) {
            refusal = new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the engine's KV blocks are of " + engineBlockTokens + " tokens, its card says " + blockTokens
                            + ": give the engine --block-size " + blockTokens
                            + " (SGLang: --page-size), or take its size for the card");
        }
    }

    private void flushRemovals(List<KvEvent> told) {
        if (removals.count > 0) {
            told.add(new KvEvent.Removed(++lastId, removals.take(), removals.tier));
        }
    }

    /** Blocks removed one after the other from one tier, not told yet. */
    private static final class RemovedRun {
        private long[] sequences = new long[16];
        private int count;
        private Tier tier = Tier.DEVICE;

        void add(Tier from, long sequence) {
            tier = from;
            if (count == sequences.length) {
                sequences = Arrays.copyOf(sequences, 2 * count);
            }
            sequences[count++] = sequence;
        }

        SequenceHashes take() {
            SequenceHashes all = new SequenceHashes(Arrays.copyOf(sequences, count));
            count = 0;
            return all;
        }
    }

    /** Blocks stored one after the other, each the child of the one before, not told yet. */
    private final class StoredRun {
        private final Tier tier;
        private @Nullable SequenceHash parent;
        private long[] locals = new long[16];
        private long[] sequences = new long[16];
        private int count;

        StoredRun(Tier tier) {
            this.tier = tier;
        }

        void add(@Nullable SequenceHash above, long local, long sequence) {
            if (count == 0) {
                parent = above;
            }
            if (count == locals.length) {
                locals = Arrays.copyOf(locals, 2 * count);
                sequences = Arrays.copyOf(sequences, 2 * count);
            }
            locals[count] = local;
            sequences[count++] = sequence;
        }

        void flush(List<KvEvent> told) {
            // A removal that came of these blocks' names comes before them.
            flushRemovals(told);
            if (count > 0) {
                BlockHashes run = new BlockHashes(Arrays.copyOf(locals, count), Arrays.copyOf(sequences, count));
                told.add(new KvEvent.Stored(++lastId, parent, run, tier));
                count = 0;
            }
        }
    }
}
