package io.jynamo.engine;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one engine is told about the model it serves and the limits it works within.
 *
 * @param modelName the served name, as clients write it
 * @param maxModelLen tokens of prompt and output together that one request may use
 * @param blockTokens tokens per KV block
 * @param kvBlocks KV blocks in the pool; together they must hold {@code maxModelLen} tokens
 * @param maxSequences choices in one step at most
 * @param maxBatchedTokens tokens in one step at most
 * @param prefillChunk prompt tokens in one step at most while other streams are decoding
 * @param maxPause how much longer prompts should make a step while other streams are decoding, and a fifth of what they
 *     should take alone; the chunk shrinks to it. Zero leaves the chunk as it is
 * @param maxQueue requests that may wait for their first step; more are refused
 * @param aging how long a request must have waited to draw level with one of the next higher priority
 * @param prefixReuse whether prompts start from cached blocks
 */
public record EngineOptions(
        String modelName,
        int maxModelLen,
        int blockTokens,
        int kvBlocks,
        int maxSequences,
        int maxBatchedTokens,
        int prefillChunk,
        Duration maxPause,
        int maxQueue,
        Duration aging,
        boolean prefixReuse) {
    public static final int DEFAULT_BLOCK_TOKENS = 16;
    /** A pool's tokens are counted in an int. */
    private static final long MOST_TOKENS = 1L << 30;

    /** Checks all of it and reports every problem at once. */
    public EngineOptions {
        List<String> problems = new ArrayList<>();
        if (modelName.isBlank()) {
            problems.add("the model name is empty");
        }
        atLeast(problems, "max-model-len", maxModelLen, 2);
        atLeast(problems, "block-tokens", blockTokens, 1);
        atLeast(problems, "kv-blocks", kvBlocks, 1);
        atLeast(problems, "max-sequences", maxSequences, 1);
        atLeast(problems, "max-batched-tokens", maxBatchedTokens, Math.max(1, maxSequences));
        atLeast(problems, "prefill-chunk", prefillChunk, 1);
        atLeast(problems, "max-queue", maxQueue, 0);
        if ((long) kvBlocks * blockTokens < maxModelLen) {
            problems.add("kv-blocks " + kvBlocks + " of " + blockTokens + " tokens hold "
                    + (long) kvBlocks * blockTokens + " tokens, less than max-model-len " + maxModelLen);
        }
        if ((long) kvBlocks * blockTokens > MOST_TOKENS) {
            problems.add("kv-blocks " + kvBlocks + " of " + blockTokens + " tokens are more than " + MOST_TOKENS
                    + " tokens");
        }
        if (maxPause.isNegative()) {
            problems.add("max-pause must not be negative: " + maxPause);
        }
        if (!aging.isPositive()) {
            problems.add("aging must be positive: " + aging);
        }
        if (!problems.isEmpty()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "the engine's options are wrong: " + String.join("; ", problems));
        }
    }

    /** Ordinary limits for a model: 64 sequences, 512 tokens per step, pauses of about 100 ms, a queue of 1024. */
    public static EngineOptions of(String modelName, int maxModelLen, int kvBlocks) {
        return new EngineOptions(
                modelName,
                maxModelLen,
                DEFAULT_BLOCK_TOKENS,
                kvBlocks,
                64,
                512,
                256,
                Duration.ofMillis(100),
                1024,
                Duration.ofSeconds(30),
                true);
    }

    public EngineOptions withBlocks(int tokensPerBlock, int blocks) {
        return new EngineOptions(
                modelName,
                maxModelLen,
                tokensPerBlock,
                blocks,
                maxSequences,
                maxBatchedTokens,
                prefillChunk,
                maxPause,
                maxQueue,
                aging,
                prefixReuse);
    }

    public EngineOptions withBatch(int sequences, int tokens) {
        return new EngineOptions(
                modelName,
                maxModelLen,
                blockTokens,
                kvBlocks,
                sequences,
                tokens,
                prefillChunk,
                maxPause,
                maxQueue,
                aging,
                prefixReuse);
    }

    public EngineOptions withPrefill(int chunk, Duration pause) {
        return new EngineOptions(
                modelName,
                maxModelLen,
                blockTokens,
                kvBlocks,
                maxSequences,
                maxBatchedTokens,
                chunk,
                pause,
                maxQueue,
                aging,
                prefixReuse);
    }

    public EngineOptions withQueue(int requests, Duration agingInterval) {
        return new EngineOptions(
                modelName,
                maxModelLen,
                blockTokens,
                kvBlocks,
                maxSequences,
                maxBatchedTokens,
                prefillChunk,
                maxPause,
                requests,
                agingInterval,
                prefixReuse);
    }

    public EngineOptions withPrefixReuse(boolean reuse) {
        return new EngineOptions(
                modelName,
                maxModelLen,
                blockTokens,
                kvBlocks,
                maxSequences,
                maxBatchedTokens,
                prefillChunk,
                maxPause,
                maxQueue,
                aging,
                reuse);
    }

    private static void atLeast(List<String> problems, String name, int value, int least) {
        if (value < least) {
            problems.add(name + " must be at least " + least + ": " + value);
        }
    }
}
