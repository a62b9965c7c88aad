package io.jynamo.text.reply;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What kinds of values the offered tools' schemas allow, for notations that write every value as text. */
final class ToolTypes {
    /** How a value's text is to be read. */
    enum Kind {
        /** It is a string, whatever it looks like; so is a value no schema speaks of. */
        STRING,
        /** It is a string, but {@code null} is null. */
        STRING_OR_NULL,
        /** It is JSON or a Python literal; a string only where it is neither. */
        VALUE
    }

    /** How deep a schema's alternatives are followed. */
    private static final int DEPTH = 8;

    private final Map<String, Map<String, Object>> schemas = new HashMap<>();

    ToolTypes(List<OfferedTool> tools) {
        for (var tool : tools) {
            schemas.putIfAbsent(tool.name(), tool.schema());
        }
    }

    Kind kind(String tool, String parameter) {
        var schema = schemas.get(tool);
        if (schema == null || !(schema.get("properties") instanceof Map<?, ?> properties)) {
            return Kind.STRING;
        }
        var types = new HashSet<String>();
        collect(schema, properties.get(parameter), types, DEPTH);
        if (types.isEmpty()) {
            return Kind.STRING;
        }
        if (!types.contains("string")) {
            return Kind.VALUE;
        }
        return types.contains("null") ? Kind.STRING_OR_NULL : Kind.STRING;
    }

    private static void collect(Map<?, ?> root, @Nullable Object schema, Set<String> types, int depth) {
        if (!(schema instanceof Map<?, ?> map) || depth == 0) {
            return;
        }
        if (map.get("type") instanceof String type) {
            types.add(type);
        } else if (map.get("type") instanceof Collection<?> several) {
            several.forEach(type -> types.add(String.valueOf(type)));
        } else if (map.get("enum") instanceof Collection<?> values) {
            values.forEach(value -> types.add(value instanceof String ? "string" : "value"));
        }
        if (map.get("$ref") instanceof String reference) {
            collect(root, resolve(root, reference), types, depth - 1);
        }
        for (var key : List.of("anyOf", "oneOf", "allOf")) {
            if (map.get(key) instanceof Collection<?> alternatives) {
                alternatives.forEach(alternative -> collect(root, alternative, types, depth - 1));
            }
        }
    }

    /** What {@code #/$defs/NAME} and the like point to, or null. */
    private static @Nullable Object resolve(Map<?, ?> root, String reference) {
        if (!reference.startsWith("#/")) {
            return null;
        }
        Object at = root;
        for (var name : reference.substring(2).split("/", -1)) {
            at = at instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return at;
    }
}
