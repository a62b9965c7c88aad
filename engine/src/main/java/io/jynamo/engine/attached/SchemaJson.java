package io.jynamo.engine.attached;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.OutputConstraint;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Schemas on their way into a body: a client wrote them, so they are one value of JSON or they are refused. What a strict one means without saying
 * it is written into it, as engines do not ask whether it is.
 */
public final class SchemaJson {
    private static final Set<String> NAMED = Set.of("properties", "patternProperties", "$defs", "definitions");
    private static final Set<String> NESTED =
            Set.of("items", "prefixItems", "additionalItems", "additionalProperties", "anyOf", "oneOf", "allOf");
    /** What stands beside these is only a part of what an object must be. */
    private static final Set<String> JOINED = Set.of("allOf", "anyOf", "oneOf", "$ref");

    private SchemaJson() {}

    /**
     * The schema written anew, as an object.
     *
     * @throws JynamoException INVALID_REQUEST
     */
    public static String of(OutputConstraint.JsonSchema schema) {
        JsonNode tree = Json.tryTree(schema.schema());
        if (tree == null || !(tree.isObject() || tree.isBoolean())) {
            throw invalid("the schema must be the JSON of an object, true or false");
        }
        if (tree.isBoolean()) {
            // Engines take objects only.
            if (!tree.booleanValue()) {
                throw invalid("the schema false has no instance");
            }
            return "{}";
        }
        if (schema.strict()) {
            close(tree, false);
        }
        return tree.toString();
    }

    /** @param part of an object's description, to which others add properties */
    private static void close(JsonNode schema, boolean part) {
        if (!(schema instanceof ObjectNode object)) {
            return;
        }
        boolean joined = object.propertyNames().stream().anyMatch(JOINED::contains);
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            boolean partly =
                    JOINED.contains(member.getKey()) && (member.getKey().equals("allOf") || hasOwn(object));
            if (NAMED.contains(member.getKey())) {
                member.getValue().values().forEach(value -> close(value, false));
            } else if (NESTED.contains(member.getKey())) {
                if (member.getValue().isArray()) {
                    member.getValue().values().forEach(value -> close(value, partly));
                } else {
                    close(member.getValue(), partly);
                }
            }
        }
        if (!part && !joined && hasOwn(object) && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
    }

    private static boolean hasOwn(ObjectNode schema) {
        return schema.path("properties").size() > 0;
    }

    private static JynamoException invalid(String message) {
        return new JynamoException(ErrorCode.INVALID_REQUEST, message);
    }
}
