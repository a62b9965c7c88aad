package io.jynamo.engine.encoder;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.Engine;
import io.jynamo.engine.loop.TimeSource;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingSink;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine that turns texts into vectors in this process. It generates nothing and holds no KV blocks.
 *
 * <p>A request that makes the model fail fails alone with {@code INTERNAL}; an error of the machine (out of memory) ends the
 * engine, and every request with {@code WORKER_LOST}.
 */
public final class EmbeddingEngine implements Engine {
    private static final Set<Capability> CAPABILITIES =
            Set.of(Capability.TOKEN_INPUT, Capability.CANCEL, Capability.PRIORITY);
    /** There are no blocks; a card has to say something, and nobody may divide by nothing. */
    private static final int BLOCK_TOKENS = 16;

    private static final Generation NONE = new Generation() {
        @Override
        public void cancel() {}

        @Override
        public void cancel(int choice) {}

        @Override
        public void grant(int tokens) {}
    };

    private final WorkerId id;
    private final ModelCard card;
    private final EncoderLoop loop;

    public EmbeddingEngine(
            WorkerId id, EmbeddingOptions options, Encoding encoding, String architecture, Encoder encoder) {
        this.id = id;
        this.card = new ModelCard(
                options.modelName(),
                architecture,
                encoder.vocabularySize(),
                options.maxTokens(),
                options.maxTokens(),
                BLOCK_TOKENS,
                0,
                options.maxBatchedTokens(),
                options.maxQueuedTexts(),
                Set.of(),
                null,
                CAPABILITIES,
                encoding);
        this.loop = new EncoderLoop("embedding-engine-" + id, options, encoder, TimeSource.SYSTEM);
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
    public EmbeddingCall embed(EmbeddingRequest request, EmbeddingSink sink) {
        for (EmbeddingRequest.Text text : request.texts()) {
            String problem = problem(text);
            if (problem != null) {
                ErrorCode code = text.tokens().count() > card.maxModelLen()
                        ? ErrorCode.CONTEXT_LENGTH_EXCEEDED
                        : ErrorCode.INVALID_REQUEST;
                sink.onResult(new EmbeddingResult.Failed(code, problem));
                return () -> {};
            }
        }
        return loop.start(request, sink);
    }

    private @Nullable String problem(EmbeddingRequest.Text text) {
        if (text.tokens().count() > card.maxModelLen()) {
            return "a text has " + text.tokens().count() + " tokens, and the model takes " + card.maxModelLen();
        }
        for (int i = 0; i < text.tokens().count(); i++) {
            int token = text.tokens().at(i);
            if (token < 0 || token >= card.vocabularySize()) {
                return "token id " + token + " is not in the vocabulary of " + card.vocabularySize();
            }
        }
        return null;
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        sink.onFinished(new GenerationEnd(
                new Usage(0, 0, 0),
                new GenerationEnd.Failure(
                        ErrorCode.INVALID_REQUEST,
                        "the model `" + card.name() + "` makes embeddings; it generates no text")));
        return NONE;
    }

    @Override
    public WorkerLoad load() {
        return loop.load();
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        return () -> {};
    }

    @Override
    public Optional<BlockSpace> blocks() {
        return Optional.empty();
    }

    @Override
    public boolean drain(Duration limit) throws InterruptedException {
        return loop.drain(limit);
    }

    @Override
    public void close() {
        loop.close();
    }
}
