package io.jynamo.protocol;

import org.jspecify.annotations.Nullable;

/** The end of a request: what it consumed and, if it failed, why. */
public record GenerationEnd(Usage usage, @Nullable Failure failure) {
    /** A failure with its stable code and a message for the person who asked. */
    public record Failure(ErrorCode code, String message) {}
}
