package io.jynamo.protocol;

/** Why a choice ended. */
public enum FinishReason {
    /** The model's end of sequence, or a stop id. */
    STOP,
    /** The token limit or the end of the context. */
    LENGTH,
    /** Whoever asked no longer wants it. */
    CANCELLED,
    /** It failed; {@link GenerationEnd} says how. */
    ERROR
}
