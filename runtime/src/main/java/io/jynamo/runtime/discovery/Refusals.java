package io.jynamo.runtime.discovery;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import org.jspecify.annotations.Nullable;

/** What discovery refuses, in the words that its stores share. */
final class Refusals {
    private Refusals() {}

    static JynamoException twice(String key) {
        return new JynamoException(
                ErrorCode.INVALID_REQUEST,
                "This process has published " + key + " already; update that registration, or close it first.");
    }

    static JynamoException closed() {
        return new JynamoException(ErrorCode.INTERNAL, "This process's discovery is closed.");
    }

    static JynamoException unreachable(String store, String reason, @Nullable Throwable cause) {
        return new JynamoException(
                ErrorCode.DISCOVERY_UNREACHABLE,
                "The discovery store " + store + " cannot be used: " + reason
                        + ". See that it runs and that its address and access are right.",
                cause);
    }
}
