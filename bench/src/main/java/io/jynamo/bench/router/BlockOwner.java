package io.jynamo.bench.router;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A worker that has blocks and is never asked to generate. */
final class BlockOwner implements Worker {
    private final WorkerId id;
    private final ModelCard card;
    private final List<KvEvent> snapshot = new ArrayList<>();

    BlockOwner(long id, int blockTokens) {
        this.id = new WorkerId(id);
        this.card = new ModelCard(
                "bench", "simulated", 49_152, 1 << 16, 1 << 16, blockTokens, 1 << 20, 8_192, 256, Set.of(0), null);
    }

    void hold(BlockHashes hashes) {
        snapshot.add(new KvEvent.Stored(0, null, hashes, KvEvent.Tier.DEVICE));
    }

    @Override
    public WorkerId id() {
        return id;
    }

    @Override
    public ModelCard card() {
        return card;
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        throw new UnsupportedOperationException("only placed, never started");
    }

    @Override
    public WorkerLoad load() {
        return new WorkerLoad(0, 0, 0, 0, card.totalBlocks());
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        snapshot.forEach(listener);
        return () -> {};
    }
}
