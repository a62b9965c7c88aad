package io.jynamo.protocol;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request to turn texts into vectors, as a worker receives it.
 *
 * @param texts at least one; their vectors come in this order
 * @param priority higher goes first, on workers that can ({@link Capability#PRIORITY}); below zero it gives way to all who wait
 * @param timeLimit what remains of the client's deadline when the worker gets the request
 */
public record EmbeddingRequest(RequestId id, List<Text> texts, int priority, Duration timeLimit) {
    public EmbeddingRequest {
        texts = List.copyOf(texts);
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("there is no text to embed");
        }
    }

    /** One of ordinary priority. */
    public EmbeddingRequest(RequestId id, List<Text> texts, Duration timeLimit) {
        this(id, texts, 0, timeLimit);
    }

    /**
     * A text, or a pair of them in one sequence.
     *
     * @param tokens what the model reads, begin and end tokens included; at least one
     * @param secondAt index of the first token of a pair's second text; the number of tokens where there is only one text
     * @param text as it was written, for an engine that takes no ids; null where nobody will need it
     */
    public record Text(
            TokenIds tokens, int secondAt, @Nullable String text) {
        public Text {
            if (tokens.isEmpty() || secondAt < 0 || secondAt > tokens.count()) {
                throw new IllegalArgumentException(
                        "a second text at " + secondAt + " of " + tokens.count() + " tokens");
            }
        }

        /** One text alone, for an engine that takes ids. */
        public static Text of(TokenIds tokens) {
            return new Text(tokens, tokens.count(), null);
        }
    }

    /** Tokens of all texts. */
    public int tokens() {
        int sum = 0;
        for (Text text : texts) {
            sum = Math.addExact(sum, text.tokens().count());
        }
        return sum;
    }
}
