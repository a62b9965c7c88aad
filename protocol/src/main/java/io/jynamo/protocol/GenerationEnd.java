package io.jynamo.protocol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The end of a request: what it consumed and, if it failed, why. */
public record GenerationEnd(Usage usage, @Nullable Failure failure) {
    /**
     * A failure with its stable code and a message for the person who asked.
     *
     * @param retryAfter when to try again, or null where nobody knows
     */
    public record Failure(
            ErrorCode code, String message, @Nullable Duration retryAfter) {
        public Failure(ErrorCode code, String message) {
            this(code, message, null);
        }
    }
}
