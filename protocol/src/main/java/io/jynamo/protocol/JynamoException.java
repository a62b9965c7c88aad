package io.jynamo.protocol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure with a stable code. The message says what was wrong, where, and what to do. */
public final class JynamoException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final @Nullable Duration retryAfter;

    public JynamoException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    public JynamoException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, cause, null);
    }

    private JynamoException(ErrorCode code, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** A refusal for want of capacity that says when to come again. */
    public static JynamoException retryable(ErrorCode code, String message, Duration retryAfter) {
        return new JynamoException(code, message, null, retryAfter);
    }

    public ErrorCode code() {
        return code;
    }

    /** When to try again, or null where that was not said. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
