package io.jynamo.router;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.BlockTally;
import io.jynamo.protocol.EventProgress;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.SequenceHashes;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** A worker with blocks on every tier, that tells changes alone, and digests; what it tells may be lost or spoilt unseen. */
final class TieredWorker implements Worker {
    private final Map<Tier, Set<Long>> tiers = new EnumMap<>(Tier.class);
    private final List<Consumer<KvEvent>> listeners = new ArrayList<>();
    private long lastId;
    private boolean losesNext;
    private long spoilsNext;
    Optional<EventProgress> progress = Optional.empty();

    TieredWorker() {
        for (Tier tier : Tier.values()) {
            tiers.put(tier, new LinkedHashSet<>());
        }
    }

    @Override
    public WorkerId id() {
        return new WorkerId(1);
    }

    @Override
    public ModelCard card() {
        return new ModelCard("tiered", "simulated", 1000, 4096, 4096, 16, 100, 512, 8, Set.of(1), null);
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        throw new UnsupportedOperationException("a worker of blocks alone generates nothing");
    }

    @Override
    public WorkerLoad load() {
        return new WorkerLoad(0, 0, 0, 0, 100);
    }

    @Override
    public Optional<EventProgress> eventProgress() {
        return progress;
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        tiers.forEach((tier, held) -> {
            if (!held.isEmpty()) {
                listener.accept(new KvEvent.Stored(lastId, null, FakeWorker.stored(held), tier));
            }
        });
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    boolean holds(Tier tier, long block) {
        return in(tier).contains(block);
    }

    /** Stores, removes or clears something. */
    void change(Random random, int blocks) {
        Tier tier = List.copyOf(tiers.keySet()).get(random.nextInt(tiers.size()));
        if (random.nextInt(1_500) == 0) {
            tiers.values().forEach(Set::clear);
            emit(new KvEvent.Cleared(++lastId));
            return;
        }
        long block = 1L + random.nextInt(blocks);
        if (in(tier).contains(block)) {
            remove(tier, block);
        } else {
            store(tier, block);
        }
        if (in(tier).size() > blocks * 3 / 4) {
            long eldest = in(tier).iterator().next();
            remove(tier, eldest);
        }
    }

    void store(Tier tier, long block) {
        in(tier).add(block);
        emit(new KvEvent.Stored(++lastId, null, new BlockHashes(new long[1], new long[] {block}), tier));
    }

    void remove(Tier tier, long block) {
        in(tier).remove(block);
        emit(new KvEvent.Removed(++lastId, SequenceHashes.of(block), tier));
    }

    KvEvent.Digest digest() {
        BlockTally tally = new BlockTally();
        tiers.forEach((tier, held) -> held.forEach(block -> tally.add(tier, block)));
        return new KvEvent.Digest(lastId, tally.digests());
    }

    void tellDigest() {
        tell(digest());
    }

    /** The next change is told to nobody, and takes no id. */
    void loseNext() {
        losesNext = true;
    }

    /** The next change is told of another block. */
    void spoilNext(long by) {
        spoilsNext = by;
    }

    /** What comes next is told as it is. */
    void heal() {
        losesNext = false;
        spoilsNext = 0;
    }

    void tell(KvEvent event) {
        List.copyOf(listeners).forEach(listener -> listener.accept(event));
    }

    private void emit(KvEvent event) {
        if (losesNext) {
            losesNext = false;
            lastId--;
            return;
        }
        long by = spoilsNext;
        spoilsNext = 0;
        tell(
                by == 0
                        ? event
                        : switch (event) {
                            case KvEvent.Stored stored ->
                                new KvEvent.Stored(
                                        stored.id(),
                                        stored.parent(),
                                        new BlockHashes(
                                                stored.blocks().local(),
                                                new long[] {stored.blocks().sequence()[0] ^ by}),
                                        stored.tier());
                            case KvEvent.Removed removed ->
                                new KvEvent.Removed(
                                        removed.id(),
                                        SequenceHashes.of(removed.blocks().values()[0] ^ by),
                                        removed.tier());
                            case KvEvent.Cleared all -> all;
                            case KvEvent.Lost all -> all;
                            case KvEvent.Digest says -> says;
                        });
    }

    private Set<Long> in(Tier tier) {
        return Objects.requireNonNull(tiers.get(tier));
    }
}
