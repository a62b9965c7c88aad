package io.jynamo.text.grammar.automaton;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;

/** How constraints are refused. */
public final class Refusal {
    private Refusal() {}

    /** It is wrong in itself, or asks for more than the limits. */
    public static JynamoException invalid(String message) {
        return new JynamoException(ErrorCode.INVALID_REQUEST, message);
    }

    /** It is right, and not built. */
    public static JynamoException unsupported(String message) {
        return new JynamoException(ErrorCode.UNSUPPORTED_PARAMETER, message);
    }
}
