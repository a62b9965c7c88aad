package io.jynamo.protocol;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker as the rest of the system sees it, in this process or behind a session: something that generates from token
 * ids, says how loaded it is and which KV blocks it holds.
 */
public interface Worker {
    WorkerId id();

    ModelCard card();

    /**
     * Starts a request. Whatever becomes of it, refusal included, is told to the sink.
     *
     * @return the handle to cancel it and to grant credit
     */
    Generation start(GenerationRequest request, OutputSink sink);

    /**
     * Starts to turn texts into vectors. Whatever becomes of it, refusal included, is told to the sink; a worker whose
     * card has no {@link ModelCard#encoding} refuses.
     *
     * @return the handle to cancel it
     */
    default EmbeddingCall embed(EmbeddingRequest request, EmbeddingSink sink) {
        sink.onResult(new EmbeddingResult.Failed(
                ErrorCode.INVALID_REQUEST, "the model `" + card().name() + "` generates text; it makes no embeddings"));
        return () -> {};
    }

    WorkerLoad load();

    /** What others than this caller have given it. */
    default OthersLoad othersLoad() {
        return OthersLoad.NONE;
    }

    /** A request of the session was given to it: it tells its other callers. */
    default void tellOthers(long session) {}

    /**
     * Tells {@code listener} which sessions others than this caller have given it, those of before too; a session is told
     * again with each request. The listener must not block.
     *
     * @return closes the subscription
     */
    default AutoCloseable listenToSessions(Consumer<SessionNews> listener) {
        return () -> {};
    }

    /** How far it is; only a ready worker is chosen. */
    default WorkerState state() {
        return WorkerState.READY;
    }

    /** Labels that requests may ask for or avoid, such as {@code rack-a}; may change while it runs. */
    default Set<String> taints() {
        return Set.of();
    }

    /** LoRA adapters of its model that it has, by the names that requests give them; may change while it runs. */
    default Set<String> adapters() {
        return Set.of();
    }

    /** Whether it has the adapter; every worker has none, which is {@code null}. */
    default boolean serves(@Nullable String adapter) {
        return adapter == null || adapters().contains(adapter);
    }

    /**
     * Tells {@code listener} every KV event from now on, in order, after a {@link KvEvent.Stored} snapshot of what is
     * held already. The snapshot may be several events, all with the id of the last event before it (0 where there was
     * none); the first event after it has the next id. Between events there may be digests. The listener must not block.
     *
     * @return closes the subscription
     */
    AutoCloseable subscribe(Consumer<KvEvent> listener);

    /** How far it has come with telling its KV events, where they take time to arrive and that is known. */
    default Optional<EventProgress> eventProgress() {
        return Optional.empty();
    }
}
