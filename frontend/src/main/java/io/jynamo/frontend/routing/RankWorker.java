package io.jynamo.frontend.routing;

import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A worker that only its clients call: known here by what it stores and by what it was given. It takes no requests from
 * this process.
 */
final class RankWorker implements Worker {
    private final WorkerId id;
    private volatile ModelCard card;
    private final KvSource source;
    private final Consumer<KvEvent> onEvent;
    private Supplier<List<String>> taints = List::of;
    private IntSupplier stepTokens = () -> Integer.MAX_VALUE;

    /** @param onEvent told of every event before whoever subscribes */
    RankWorker(Rank rank, PartitionKey key, int blockTokens, KvSource source, Consumer<KvEvent> onEvent) {
        this.id = rank.id();
        this.card = card(key.model(), blockTokens, Integer.MAX_VALUE);
        this.source = source;
        this.onEvent = onEvent;
    }

    private static ModelCard card(String model, int blockTokens, int stepTokens) {
        return new ModelCard(
                model,
                "registered",
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                blockTokens,
                Integer.MAX_VALUE,
                stepTokens,
                Integer.MAX_VALUE,
                Set.of(),
                null);
    }

    @Override
    public WorkerId id() {
        return id;
    }

    @Override
    public ModelCard card() {
        ModelCard now = card;
        int told = stepTokens.getAsInt();
        if (now.maxBatchedTokens() != told) {
            now = card(now.name(), now.blockTokens(), told);
            card = now;
        }
        return now;
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        throw new UnsupportedOperationException("worker " + id + " is called by the service's clients alone");
    }

    /** The same worker under labels that may change. */
    RankWorker labelled(Supplier<List<String>> labels) {
        taints = labels;
        return this;
    }

    /** The same worker, which computes so many prompt tokens in a step; that may change. */
    RankWorker stepping(IntSupplier tokens) {
        stepTokens = tokens;
        return this;
    }

    @Override
    public Set<String> taints() {
        return Set.copyOf(taints.get());
    }

    /** Its clients know. */
    @Override
    public boolean serves(@Nullable String adapter) {
        return true;
    }

    @Override
    public WorkerLoad load() {
        return new WorkerLoad(0, 0, 0, 0, 0);
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        return source.subscribe(event -> {
            onEvent.accept(event);
            listener.accept(event);
        });
    }
}
