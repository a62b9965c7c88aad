package io.jynamo.engine.openai;

import io.jynamo.engine.attached.Json;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The JSON Schema that llama.cpp makes a grammar of. One that it cannot convert it leaves out without a word, and keywords that it does not know too,
 * so that the answer would not be held to them.
 */
final class ConvertibleSchema {
    private static final Set<String> KNOWN = Set.of(
            "type",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "enum",
            "const",
            "anyOf",
            "oneOf",
            "$ref",
            "$defs",
            "definitions",
            "pattern",
            "format",
            "minimum",
            "maximum",
            "title",
            "description",
            "default",
            "examples",
            "$schema",
            "$comment");

    private static final Set<String> TYPES =
            Set.of("object", "array", "string", "number", "integer", "boolean", "null");
    private static final Set<String> FORMATS = Set.of("date", "time", "date-time", "uuid");
    private static final Set<String> NAMED = Set.of("properties", "$defs", "definitions");
    private static final Set<String> NESTED = Set.of("additionalProperties", "items", "prefixItems", "anyOf", "oneOf");

    /** Characters of a value that a refusal shows. */
    private static final int SHOWN = 60;

    private final JsonNode root;

    private ConvertibleSchema(JsonNode root) {
        this.root = root;
    }

    /** What of a schema it would leave out, and where; null where it reads all. */
    static @Nullable String leftOut(String schema) {
        JsonNode root = Json.tryTree(schema);
        return root == null ? null : new ConvertibleSchema(root).leftOut(root, "#");
    }

    private @Nullable String leftOut(JsonNode schema, String path) {
        for (Map.Entry<String, JsonNode> member : schema.properties()) {
            String name = member.getKey();
            JsonNode value = member.getValue();
            if (!KNOWN.contains(name) || !reads(name, value, schema)) {
                return "llama.cpp would leave out '" + name + "' at " + path + " (" + start(value)
                        + "), and hold the answer to less than was asked for";
            }
            String within = null;
            if (NAMED.contains(name) || (NESTED.contains(name) && value.isArray())) {
                within = ofAll(value, path + "/" + name);
            } else if (NESTED.contains(name)) {
                within = leftOut(value, path + "/" + name);
            }
            if (within != null) {
                return within;
            }
        }
        return null;
    }

    private @Nullable String ofAll(JsonNode schemas, String path) {
        for (JsonNode one : schemas) {
            String within = leftOut(one, path);
            if (within != null) {
                return within;
            }
        }
        return null;
    }

    private boolean reads(String name, JsonNode value, JsonNode schema) {
        return switch (name) {
            case "type" -> value.isArray() ? value.valueStream().allMatch(ConvertibleSchema::isType) : isType(value);
            case "format" -> FORMATS.contains(value.asString(""));
            case "pattern" -> {
                String pattern = value.asString("");
                yield pattern.startsWith("^") && pattern.endsWith("$") && !pattern.contains("(?");
            }
            case "minimum", "maximum" ->
                schema.path("type").asString("").equals("integer")
                        && schema.path("minimum").asDouble(Double.NEGATIVE_INFINITY)
                                <= schema.path("maximum").asDouble(Double.POSITIVE_INFINITY);
            case "$ref" -> {
                String ref = value.asString("");
                yield ref.equals("#")
                        || (ref.startsWith("#/") && !root.at(ref.substring(1)).isMissingNode());
            }
            default -> true;
        };
    }

    private static String start(JsonNode value) {
        String text = value.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    private static boolean isType(JsonNode value) {
        return TYPES.contains(value.asString(""));
    }
}
