package io.jynamo.protocol;

/** A running {@link EmbeddingRequest}, as held by whoever started it. */
@FunctionalInterface
public interface EmbeddingCall {
    /** Nobody wants it any more: what is not computed yet will not be, and the sink is told so. Idempotent, never blocks. */
    void cancel();
}
