package io.jynamo.engine.attached;

import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;

/** What one event of an engine's answer means to us. */
public sealed interface AnswerPart {
    /** The prompt is computed. */
    record Prompt(int cachedTokens, List<TokenLogprobs> logprobs) implements AnswerPart {
        public Prompt {
            logprobs = List.copyOf(logprobs);
        }
    }

    /** New output of a choice, its end included. */
    record Output(TokenDelta delta) implements AnswerPart {}

    /**
     * What the engine counted.
     *
     * @param promptTokens as it counts them; 0 where it does not say
     * @param cachedTokens of the prompt; -1 where it does not say
     * @param outputTokens of all choices
     */
    record Counted(int promptTokens, int cachedTokens, int outputTokens) implements AnswerPart {}

    /** The engine gave up on the request. */
    record Failed(GenerationEnd.Failure failure) implements AnswerPart {}

    /** The engine says that nothing follows. */
    record Done() implements AnswerPart {}

    /** All that is wanted was told; the engine may go on, so the connection is closed. */
    record Enough() implements AnswerPart {}
}
