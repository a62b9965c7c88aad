package io.jynamo.text.grammar.schema;

import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** JSON Schema's types. A set with {@code NUMBER} has {@code INTEGER} too: integers are numbers. */
enum Type {
    NULL,
    BOOLEAN,
    INTEGER,
    NUMBER,
    STRING,
    ARRAY,
    OBJECT;

    static Set<Type> of(SchemaAt schema) {
        Object value = schema.map().get("type");
        var types = EnumSet.noneOf(Type.class);
        if (value == null) {
            return EnumSet.allOf(Type.class);
        }
        for (Object name : value instanceof List<?> names ? names : List.of(value)) {
            types.add(
                    switch (String.valueOf(name)) {
                        case "null" -> NULL;
                        case "boolean" -> BOOLEAN;
                        case "integer" -> INTEGER;
                        case "number" -> NUMBER;
                        case "string" -> STRING;
                        case "array" -> ARRAY;
                        case "object" -> OBJECT;
                        default -> throw schema.invalid("type", "is not one of JSON's types: " + name);
                    });
        }
        if (types.contains(NUMBER)) {
            types.add(INTEGER);
        }
        if (Boolean.TRUE.equals(schema.map().get("nullable"))) {
            types.add(NULL);
        }
        return types;
    }

    static Type ofValue(@Nullable Object value) {
        return switch (value) {
            case null -> NULL;
            case Boolean _ -> BOOLEAN;
            case Number number -> {
                BigDecimal decimal = Values.decimal(number);
                yield Values.isInteger(decimal) ? INTEGER : NUMBER;
            }
            case String _ -> STRING;
            case List<?> _ -> ARRAY;
            case Map<?, ?> _ -> OBJECT;
            default -> throw new IllegalArgumentException("No JSON value: " + value.getClass());
        };
    }
}
