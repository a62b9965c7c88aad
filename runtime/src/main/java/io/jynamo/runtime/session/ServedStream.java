package io.jynamo.runtime.session;

import com.google.protobuf.ByteString;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.Usage;
import io.jynamo.runtime.wire.EmbeddingMessages;
import io.jynamo.runtime.wire.OutputMessages;
import io.jynamo.runtime.wire.v1.Delta;
import io.jynamo.runtime.wire.v1.End;
import io.jynamo.runtime.wire.v1.PromptDone;
import io.jynamo.runtime.wire.v1.StreamOutput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that a client started here: the engine's sink, and the client's hand on the generation.
 *
 * <p>The engine may speak before {@link #accepted} is told on the event loop, and a client may cancel in between; the
 * event loop sees all of it in order.
 */
final class ServedStream implements OutputSink {
    private final int number;
    private final Outbox outbox;
    private final Runnable onEnd;
    private @Nullable Generation generation;
    private final @Nullable StreamLoad load;
    private boolean ended;
    /** What the frame being put together says of it; the outbox's alone. */
    StreamOutput.@Nullable Builder pending;

    /**
     * A request of the session.
     *
     * @param load what it puts on the worker, or null where it never reaches it
     * @param onEnd told on the event loop once nothing follows
     */
    ServedStream(int number, Outbox outbox, @Nullable StreamLoad load, Runnable onEnd) {
        this.load = load;
        this.number = number;
        this.outbox = outbox;
        this.onEnd = onEnd;
    }

    int number() {
        return number;
    }

    /** Event loop. */
    void accepted(Generation started) {
        generation = started;
        outbox.add(this, Accepted.YES);
    }

    /** Event loop. */
    void refuse(GenerationEnd.Failure failure) {
        outbox.add(this, new GenerationEnd(ServerSession.nothing(), failure));
    }

    /** That the worker has taken it. */
    enum Accepted {
        YES
    }

    /** The prompt is computed. */
    record Prompt(int cachedTokens, List<TokenLogprobs> logprobs) {}

    @Override
    public void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs) {
        outbox.add(this, new Prompt(cachedTokens, logprobs));
    }

    @Override
    public void onDelta(TokenDelta delta) {
        outbox.add(this, delta);
    }

    @Override
    public void onFinished(GenerationEnd end) {
        outbox.add(this, end);
    }

    /** Vectors come in pieces, so that a frame stays far below any limit and others' news go between them. */
    private static final int PIECE = 1 << 15;

    /** Numbers of vectors, from one to before another. */
    @SuppressWarnings("ArrayRecordComponent") // a view
    record Numbers(float[] all, int from, int to) {}

    /** The engine has made vectors, or has not. */
    void onResult(EmbeddingResult result) {
        switch (result) {
            case EmbeddingResult.Vectors vectors -> {
                float[] all = vectors.numbers();
                for (int from = 0; from < all.length; from += PIECE) {
                    outbox.add(this, new Numbers(all, from, Math.min(all.length, from + PIECE)));
                }
                outbox.add(this, new GenerationEnd(new Usage(vectors.tokens(), 0, 0), null));
            }
            case EmbeddingResult.Failed(GenerationEnd.Failure failure) ->
                outbox.add(this, new GenerationEnd(ServerSession.nothing(), failure));
        }
    }

    /** Writes one piece of news into the frame and says how many bytes it has; event loop. */
    int write(StreamOutput.Builder output, Object news) {
        if (ended) {
            return 0;
        }
        return switch (news) {
            case Accepted yes -> {
                output.setAccepted(true);
                yield 2;
            }
            case Prompt prompt -> {
                if (load != null) {
                    load.onPrompt();
                }
                PromptDone message = OutputMessages.promptDone(prompt.cachedTokens(), prompt.logprobs());
                output.setPrompt(message);
                yield message.getSerializedSize();
            }
            case TokenDelta delta -> {
                if (load != null) {
                    load.onTokens(delta.tokens().count());
                }
                Delta message = OutputMessages.message(delta);
                output.addDeltas(message);
                yield message.getSerializedSize();
            }
            case Numbers numbers -> {
                ByteString piece = EmbeddingMessages.bytes(numbers.all(), numbers.from(), numbers.to());
                output.addVectors(piece);
                yield piece.size();
            }
            case GenerationEnd end -> {
                end();
                End message = OutputMessages.message(end);
                output.setEnd(message);
                onEnd.run();
                yield message.getSerializedSize();
            }
            default -> throw new IllegalStateException("not from an engine: " + news);
        };
    }

    void cancel() {
        if (generation != null) {
            generation.cancel();
        }
    }

    /** A choice that the request does not have is nobody's. */
    void cancel(int choice) {
        if (generation != null && choice >= 0) {
            try {
                generation.cancel(choice);
            } catch (IllegalArgumentException noSuchChoice) {
                System.getLogger(ServedStream.class.getName())
                        .log(System.Logger.Level.DEBUG, "a client cancelled a choice that is not there", noSuchChoice);
            }
        }
    }

    void grant(int tokens) {
        if (generation != null) {
            generation.grant(tokens);
        }
    }

    /** The client is gone. */
    void abandon() {
        end();
        cancel();
    }

    private void end() {
        ended = true;
        if (load != null) {
            load.onEnd();
        }
    }
}
