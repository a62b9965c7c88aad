package io.jynamo.protocol;

import org.jspecify.annotations.Nullable;

/** A failure with a stable code. The message says what was wrong, where, and what to do. */
public final class JynamoException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    public JynamoException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public JynamoException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
