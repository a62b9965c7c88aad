package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.RequestHead;
import java.util.List;
import java.util.Map;

/**
 * What one kind of client speaks to an endpoint that generates: how its bodies are read and how it is answered. What it is told
 * of a failure before its answer begins, its path says ({@link io.jynamo.frontend.http.Exchange#errors}).
 */
interface Dialect {
    /** The value of the metrics' label {@code endpoint}. */
    String endpoint();

    /** What the ids of its answers begin with. */
    String idPrefix();

    /** Headers of its answers, beside those that all answers have. */
    default List<Map.Entry<String, String>> headers(RequestHead head) {
        return List.of();
    }

    /**
     * Reads and checks a body.
     *
     * @throws io.jynamo.frontend.openai.Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    ClientRequest parse(byte[] body, int count);
}
