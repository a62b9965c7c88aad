package io.jynamo.protocol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The end of a request: what it consumed and, if it failed, why. */
public record GenerationEnd(Usage usage, @Nullable Failure failure) {
    /**
     * A failure with its stable code and a message for the person who asked.
     *
     * @param retryAfter when to try again, or null where nobody knows
     * @param param the part of the request that it is about, or null: {@link #CONSTRAINT}, and to clients the field that it came in
     */
    public record Failure(
            ErrorCode code,
            String message,
            @Nullable Duration retryAfter,
            @Nullable String param) {
        /** What the output is held to. */
        public static final String CONSTRAINT = "constraint";

        public Failure(ErrorCode code, String message) {
            this(code, message, null);
        }

        public Failure(ErrorCode code, String message, @Nullable Duration retryAfter) {
            this(code, message, retryAfter, null);
        }

        /** A failure of what the output is held to. */
        public static Failure ofConstraint(ErrorCode code, String message) {
            return new Failure(code, message, null, CONSTRAINT);
        }

        /** The same about another part of the request, or none. */
        public Failure withParam(@Nullable String other) {
            return new Failure(code, message, retryAfter, other);
        }
    }
}
