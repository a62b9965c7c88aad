package io.jynamo.frontend.openai;

import io.jynamo.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A request that is refused: the code, a message for the caller and the field it is about. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final @Nullable String param;

    public Refusal(ErrorCode code, String message, @Nullable String param) {
        super(message, null, false, false);
        this.code = code;
        this.param = param;
    }

    /** A field has a value it must not have. */
    public static Refusal invalid(String param, String message) {
        return new Refusal(ErrorCode.INVALID_REQUEST, message, param);
    }

    /** A field is known, and what it asks for is not built. */
    public static Refusal unsupported(String param, String message) {
        return new Refusal(ErrorCode.UNSUPPORTED_PARAMETER, message, param);
    }

    public ErrorCode code() {
        return code;
    }

    /** Path of the field, for example {@code messages[2].role}, or null. */
    public @Nullable String param() {
        return param;
    }
}
