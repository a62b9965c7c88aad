package io.jynamo.cli.serve;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.net.URI;

/** Everything that {@code serve} runs in one process: model, workers, router, frontend. */
public final class ServeNode implements AutoCloseable {
    private final URI address;

    @SuppressWarnings("UnusedMethod")
    private ServeNode(URI address) {
        this.address = address;
    }

    /** Builds and starts it; returns once it answers requests. */
    @SuppressWarnings("DoNotCallSuggester")
    public static ServeNode start(ServeOptions options) {
        throw new JynamoException(
                ErrorCode.NOT_IMPLEMENTED,
                "this build serves nothing yet: " + options.engine().kind());
    }

    /** Where it answers, for example {@code http://127.0.0.1:8000}. */
    public URI address() {
        return address;
    }

    /** Takes no new requests, lets running streams end within the drain time, and stops. */
    @Override
    public void close() {}
}
