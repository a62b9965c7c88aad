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

    /** Gives up where the thread was interrupted: who compiles says so when it takes too long. */
    public static void ifInterrupted() {
        if (Thread.interrupted()) {
            throw invalid("the constraint takes too long to compile");
        }
    }

    /** It is right, and not built. */
    public static JynamoException unsupported(String message) {
        return new JynamoException(ErrorCode.UNSUPPORTED_PARAMETER, message);
    }
}
