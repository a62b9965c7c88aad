package io.jynamo.engine.attached;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import tools.jackson.databind.JsonNode;

/** Schemas on their way into a body: a client wrote them, so they are one value of JSON or they are refused. */
public final class SchemaJson {
    private SchemaJson() {}

    /**
     * The schema written anew.
     *
     * @throws JynamoException INVALID_REQUEST
     */
    public static String checked(String schema) {
        JsonNode tree = Json.tryTree(schema);
        if (tree == null || !(tree.isObject() || tree.isBoolean())) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST, "the schema must be the JSON of an object, true or false");
        }
        return tree.toString();
    }
}
