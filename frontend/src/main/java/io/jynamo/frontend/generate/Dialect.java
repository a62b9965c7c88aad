package io.jynamo.frontend.generate;

/**
 * What one kind of client speaks to an endpoint that generates: how its bodies are read and how it is answered. What it is told
 * of a failure before its answer begins, its path says ({@link io.jynamo.frontend.http.Exchange#errors}).
 */
interface Dialect {
    /** The value of the metrics' label {@code endpoint}. */
    String endpoint();

    /** What the ids of its answers begin with. */
    String idPrefix();

    /**
     * Reads and checks a body.
     *
     * @throws io.jynamo.frontend.openai.Refusal naming the field
     * @throws io.jynamo.protocol.JynamoException INVALID_JSON
     */
    ClientRequest parse(byte[] body, int count);
}
