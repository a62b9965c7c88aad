package io.jynamo.engine.process;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.List;

/**
 * Why an engine ended or was ended.
 *
 * @param cause what it said of it, or what was seen
 * @param remedy what to do, in a line; empty where nobody knows
 * @param exit how the process ended
 * @param tail its last lines
 */
public record EngineFailure(String cause, String remedy, String exit, List<String> tail) {
    public EngineFailure {
        tail = List.copyOf(tail);
    }

    /** All of it in one line. */
    public String summary() {
        return cause + " (" + exit + ")" + (remedy.isEmpty() ? "" : "; " + remedy);
    }

    JynamoException asException(String engine) {
        return new JynamoException(ErrorCode.WORKER_LOST, "engine " + engine + ": " + summary());
    }
}
