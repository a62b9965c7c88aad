package io.jynamo.engine.simulated;

import io.jynamo.protocol.TokenIds;

/** What a simulated model says. Pure: the same prompt and seed get the same answer. */
public interface AnswerSource {
    /**
     * The answer's ids, at least one. A shorter answer than the request wants ends with the end of sequence, or starts
     * over for a request that goes on past it.
     *
     * @param maxTokens ids that can be used at most
     */
    int[] answer(TokenIds prompt, long seed, int maxTokens);
}
