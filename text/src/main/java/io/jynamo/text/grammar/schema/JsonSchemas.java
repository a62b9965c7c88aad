package io.jynamo.text.grammar.schema;

import io.jynamo.text.grammar.automaton.Expression;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The way from JSON Schemas to expressions. */
public final class JsonSchemas {
    /** Of a schema as a JSON value. */
    static final int MAX_DEPTH = 256;

    private JsonSchemas() {}

    /**
     * The instances of a schema.
     *
     * @param schema a Boolean or a map of what a JSON parser gives
     * @param strict where objects with listed properties do not say {@code additionalProperties} there are none
     * @param compact no white space between the parts
     * @throws io.jynamo.protocol.JynamoException INVALID_REQUEST, UNSUPPORTED_PARAMETER naming the keyword and its place
     */
    public static Expression expression(Object schema, boolean strict, boolean compact) {
        var json = Json.of(compact);
        return new SchemaCompiler(new SchemaAt(schema, "#"), strict, json).compile();
    }

    /** A deep copy of a JSON object that keeps the order of members and cannot be changed. */
    public static Map<String, Object> copy(Map<?, ?> map) {
        var copy = new LinkedHashMap<String, Object>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), copyOf(value)));
        return Collections.unmodifiableMap(copy);
    }

    @SuppressWarnings("NullAway") // JSON's null stays null.
    private static @Nullable Object copyOf(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return copy(map);
        }
        if (value instanceof List<?> list) {
            var copy = new ArrayList<Object>();
            list.forEach(element -> copy.add(copyOf(element)));
            return Collections.unmodifiableList(copy);
        }
        return value;
    }
}
