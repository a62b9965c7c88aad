package io.jynamo.text.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes schemas, values that mostly satisfy them, and small changes of values. */
final class RandomSchemas {
    private static final List<String> NAMES = List.of("a", "ab", "b", "näme", "x y", "q\"uote");

    private final Random random;

    RandomSchemas(Random random) {
        this.random = random;
    }

    /** A schema whose {@code $ref}s lead to one definition, which may refer to itself. */
    Map<String, Object> document() {
        var root = new LinkedHashMap<>(schema(3));
        root.put("$defs", Map.of("node", object(1)));
        return root;
    }

    private Map<String, Object> schema(int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 5)) {
            case 0 -> Map.of("type", "boolean");
            case 1 -> number();
            case 2 -> string();
            case 3 -> Map.of("enum", List.of(1, "one", "t\two", true, 2.5));
            case 4 -> Map.of("const", NAMES.get(random.nextInt(NAMES.size())));
            case 5 -> array(depth - 1);
            case 6 -> Map.of("anyOf", List.of(schema(depth - 1), schema(depth - 1)));
            case 7 -> Map.of("allOf", List.of(object(depth - 1), Map.of("required", List.of("b"))));
            case 8 -> Map.of("$ref", "#/$defs/node");
            default -> object(depth - 1);
        };
    }

    private Map<String, Object> number() {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", random.nextBoolean() ? "integer" : "number");
        if (random.nextBoolean()) {
            schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", random.nextInt(40) - 20);
        }
        if (random.nextBoolean()) {
            schema.put(random.nextBoolean() ? "maximum" : "exclusiveMaximum", 21 + random.nextInt(200) / 4.0);
        }
        if (random.nextInt(4) == 0) {
            schema.put("multipleOf", 1 + random.nextInt(5));
        }
        return schema;
    }

    private Map<String, Object> string() {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "string");
        if (random.nextBoolean()) {
            schema.put("minLength", random.nextInt(3));
            schema.put("maxLength", 2 + random.nextInt(6));
        }
        if (random.nextInt(3) == 0) {
            schema.put(
                    "pattern",
                    List.of("^[a-z]*$", "a", "^x|y$", "\\d{2}", "^.{0,3}é?").get(random.nextInt(5)));
        }
        return schema;
    }

    private Map<String, Object> array(int depth) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "array");
        if (random.nextInt(3) == 0) {
            schema.put("prefixItems", List.of(schema(depth), schema(depth)));
        }
        schema.put("items", random.nextInt(5) == 0 ? (Object) false : schema(depth));
        schema.put("maxItems", 1 + random.nextInt(4));
        schema.put("minItems", random.nextInt(2));
        return schema;
    }

    private Map<String, Object> object(int depth) {
        var properties = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (String name : NAMES) {
            if (random.nextInt(2) == 0) {
                properties.put(name, schema(depth));
                if (random.nextBoolean()) {
                    required.add(name);
                }
            }
        }
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("required", required);
        if (random.nextBoolean()) {
            schema.put("additionalProperties", random.nextBoolean() ? (Object) false : Map.of("type", "integer"));
        }
        if (random.nextInt(4) == 0) {
            schema.put("minProperties", 1 + random.nextInt(2));
            schema.put("maxProperties", 2 + random.nextInt(4));
        }
        return schema;
    }

    /** A value that follows the schema's shape; whether it satisfies it is for a validator to say. */
    @Nullable
    Object value(Object schema, Map<?, ?> root, int depth) {
        if (!(schema instanceof Map<?, ?> map) || depth == 0) {
            return random.nextInt(4);
        }
        if (map.containsKey("const")) {
            return map.get("const");
        }
        if (map.get("enum") instanceof List<?> values) {
            return values.get(random.nextInt(values.size()));
        }
        if (map.get("anyOf") instanceof List<?> branches) {
            return value(branches.get(random.nextInt(2)), root, depth);
        }
        if (map.get("allOf") instanceof List<?> parts) {
            return value(parts.getFirst(), root, depth);
        }
        if (map.containsKey("$ref")) {
            return value(Members.any(Members.map(root, "$defs"), "node"), root, depth - 1);
        }
        return switch (String.valueOf(map.get("type"))) {
            case "boolean" -> random.nextBoolean();
            case "integer" -> random.nextInt(100) - 30;
            case "number" -> plain(random.nextInt(400) / 4.0 - 30);
            case "string" -> text();
            case "array" -> array(map, root, depth);
            default -> object(map, root, depth);
        };
    }

    /** Whole numbers without a fraction, as a model may write them under a step. */
    private static Number plain(double value) {
        return value == Math.rint(value) ? (Number) (int) value : (Number) value;
    }

    private String text() {
        var text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(List.of("a", "x", "y", "é", "1", "23", "\"", "\n", "😀", "/")
                    .get(random.nextInt(10)));
        }
        return text.toString();
    }

    private List<Object> array(Map<?, ?> schema, Map<?, ?> root, int depth) {
        var front = schema.get("prefixItems") instanceof List<?> list ? list : List.of();
        var values = new ArrayList<Object>();
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = values.size();
            values.add(value(at < front.size() ? front.get(at) : Members.any(schema, "items"), root, depth - 1));
        }
        return values;
    }

    private Map<String, Object> object(Map<?, ?> schema, Map<?, ?> root, int depth) {
        var members = new LinkedHashMap<String, Object>();
        Members.map(schema, "properties").forEach((name, property) -> {
            if (Members.list(schema, "required").contains(name) || random.nextBoolean()) {
                members.put((String) name, value(property, root, depth - 1));
            }
        });
        if (random.nextInt(3) == 0) {
            members.putIfAbsent("extra", random.nextInt(9));
        }
        return members;
    }

    /** The value with one thing changed; members keep their order. */
    @Nullable
    Object changed(@Nullable Object value) {
        if (value instanceof List<?> list && !list.isEmpty() && random.nextInt(3) > 0) {
            var copy = new ArrayList<Object>(list);
            int at = random.nextInt(copy.size());
            if (random.nextBoolean()) {
                copy.remove(at);
            } else {
                copy.set(at, changed(copy.get(at)));
            }
            return copy;
        }
        if (value instanceof Map<?, ?> map && !map.isEmpty() && random.nextInt(4) > 0) {
            var copy = new LinkedHashMap<Object, Object>(map);
            var name = List.copyOf(copy.keySet()).get(random.nextInt(copy.size()));
            if (random.nextBoolean()) {
                copy.remove(name);
            } else {
                copy.put(name, changed(copy.get(name)));
            }
            return copy;
        }
        return switch (random.nextInt(7)) {
            case 0 -> null;
            case 1 -> random.nextInt(50) - 10;
            case 2 -> plain(random.nextInt(100) / 8.0);
            case 3 -> text();
            case 4 -> List.of(1, "one");
            case 5 -> Map.of("zz", 1);
            default -> true;
        };
    }
}
