package io.jynamo.engine.schedule;

import java.time.Duration;
import java.util.Set;

/**
 * The limits a scheduler works within.
 *
 * @param vocabularySize prompt ids must be below it
 * @param eosTokenIds ids at which the model itself ends
 * @param maxModelLen tokens of prompt and output together
 * @param maxSequences choices in one step at most
 * @param maxBatchedTokens tokens in one step at most, at least {@code maxSequences}
 * @param prefillChunk prompt tokens in one step at most while other streams are decoding
 * @param maxPause how much longer prompt tokens should make a step while other streams are decoding: the chunk shrinks
 *     to it by what steps were measured to take; zero leaves {@code prefillChunk} as it is
 * @param maxQueue requests that may wait for their first step
 * @param aging how long a request must have waited to draw level with one of the next higher priority
 * @param logitsRows rows of logits one prompt may ask for in one step (prompt logprobs)
 * @param prefixReuse whether prompts start from cached blocks
 */
public record SchedulerOptions(
        int vocabularySize,
        Set<Integer> eosTokenIds,
        int maxModelLen,
        int maxSequences,
        int maxBatchedTokens,
        int prefillChunk,
        Duration maxPause,
        int maxQueue,
        Duration aging,
        int logitsRows,
        boolean prefixReuse) {
    public SchedulerOptions {
        eosTokenIds = Set.copyOf(eosTokenIds);
        atLeastOne("vocabularySize", vocabularySize);
        atLeastOne("maxModelLen", maxModelLen);
        atLeastOne("maxSequences", maxSequences);
        atLeastOne("prefillChunk", prefillChunk);
        atLeastOne("logitsRows", logitsRows);
        if (maxBatchedTokens < maxSequences) {
            throw new IllegalArgumentException("maxBatchedTokens must be at least maxSequences: " + maxBatchedTokens);
        }
        if (maxQueue < 0 || maxPause.isNegative() || !aging.isPositive()) {
            throw new IllegalArgumentException("maxQueue, maxPause and aging must not be negative");
        }
    }

    /** The same with another prefill chunk. */
    public SchedulerOptions withPrefillChunk(int chunk) {
        return new SchedulerOptions(
                vocabularySize,
                eosTokenIds,
                maxModelLen,
                maxSequences,
                maxBatchedTokens,
                chunk,
                maxPause,
                maxQueue,
                aging,
                logitsRows,
                prefixReuse);
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1: " + value);
        }
    }
}
