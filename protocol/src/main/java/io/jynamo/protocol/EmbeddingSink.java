package io.jynamo.protocol;

/** Where the result of one {@link EmbeddingRequest} goes: called exactly once, by any thread. It must not block. */
@FunctionalInterface
public interface EmbeddingSink {
    void onResult(EmbeddingResult result);
}
