package io.jynamo.cli.serve;

import org.jspecify.annotations.Nullable;

/** A server that was asked answered with an error; the message has its own words. */
public final class ServerRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    ServerRefusal(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
