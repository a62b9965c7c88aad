package io.jynamo.engine.attached;

import org.jspecify.annotations.Nullable;

/** An engine said something that its protocol does not know. */
public final class MalformedAnswer extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MalformedAnswer(String message) {
        this(message, null);
    }

    public MalformedAnswer(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
