package io.jynamo.engine.encoder;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an embedding engine is told about the model it serves and the limits it works within.
 *
 * @param modelName the served name, as clients write it
 * @param maxTokens of one text
 * @param maxBatchedTokens tokens of one batch at most; a longer text is a batch alone
 * @param maxQueuedTexts texts of all requests that may wait or run; a request that would make it more is refused
 */
public record EmbeddingOptions(String modelName, int maxTokens, int maxBatchedTokens, int maxQueuedTexts) {
    public static final int DEFAULT_BATCHED_TOKENS = 512;
    /** Eight requests of as many texts as a request may have. */
    public static final int DEFAULT_QUEUED_TEXTS = 16_384;

    /** Checks all of it and reports every problem at once. */
    public EmbeddingOptions {
        List<String> problems = new ArrayList<>();
        if (modelName.isBlank()) {
            problems.add("the model name is empty");
        }
        atLeastOne(problems, "max-model-len", maxTokens);
        atLeastOne(problems, "max-batched-tokens", maxBatchedTokens);
        atLeastOne(problems, "queued texts", maxQueuedTexts);
        if (!problems.isEmpty()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "the engine's options are wrong: " + String.join("; ", problems));
        }
    }

    private static void atLeastOne(List<String> problems, String name, int value) {
        if (value < 1) {
            problems.add(name + " must be at least 1: " + value);
        }
    }
}
