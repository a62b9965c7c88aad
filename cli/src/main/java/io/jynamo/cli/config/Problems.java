package io.jynamo.cli.config;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.ArrayList;
import java.util.List;

/** Everything found wrong in what the user asked for, so that it is told at once. */
public final class Problems {
    private final List<String> found = new ArrayList<>();

    public void add(String problem) {
        found.add(problem);
    }

    public List<String> found() {
        return List.copyOf(found);
    }

    /**
     * Ends the command if anything was found.
     *
     * @throws JynamoException INVALID_CONFIGURATION listing all of them
     */
    public void throwIfAny() {
        if (found.size() == 1) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, found.getFirst());
        }
        if (!found.isEmpty()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    found.size() + " settings are wrong:\n  - " + String.join("\n  - ", found));
        }
    }
}
