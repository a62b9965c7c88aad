package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.Exchange;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import org.jspecify.annotations.Nullable;

/** One request to a service: its path below the service's own, its query and its body. */
record Call(Exchange exchange, String path) {
    /** The members of the body. */
    Fields fields() {
        return Fields.read(exchange.body(), false);
    }

    /** The members of the body, none where there is no body. */
    Fields fieldsIfAny() {
        return Fields.read(exchange.body(), true);
    }

    /** A parameter of the query, or null. */
    @Nullable
    String query(String name) {
        try {
            return exchange.head().query(name);
        } catch (IllegalArgumentException broken) {
            throw new JynamoException(ErrorCode.INVALID_REQUEST, "the query cannot be read: " + broken.getMessage());
        }
    }

    /** What follows {@code prefix} in the path. */
    String below(String prefix) {
        return path.substring(prefix.length());
    }
}
