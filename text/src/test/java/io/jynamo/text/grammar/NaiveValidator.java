package io.jynamo.text.grammar;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** JSON Schema read straight from its specification, for the keywords that the tests use. */
final class NaiveValidator {
    private final Map<?, ?> root;

    NaiveValidator(Map<?, ?> root) {
        this.root = root;
    }

    boolean valid(@Nullable Object value) {
        return valid(value, root);
    }

    private boolean valid(@Nullable Object value, @Nullable Object schema) {
        if (!(schema instanceof Map<?, ?> map)) {
            return Boolean.TRUE.equals(schema);
        }
        for (var keyword : map.entrySet()) {
            if (!holds(value, String.valueOf(keyword.getKey()), Objects.requireNonNull(keyword.getValue()), map)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(@Nullable Object value, String keyword, Object is, Map<?, ?> schema) {
        return switch (keyword) {
            case "type" ->
                (is instanceof List<?> types ? types : List.of(is)).stream().anyMatch(type -> isOf(value, type));
            case "enum" -> ((List<?>) is).stream().anyMatch(one -> same(one, value));
            case "const" -> same(is, value);
            case "$ref" ->
                valid(value, Members.any(Members.map(root, "$defs"), ((String) is).substring("#/$defs/".length())));
            case "anyOf" -> ((List<?>) is).stream().anyMatch(branch -> valid(value, branch));
            case "oneOf" ->
                ((List<?>) is).stream().filter(branch -> valid(value, branch)).count() == 1;
            case "allOf" -> ((List<?>) is).stream().allMatch(branch -> valid(value, branch));
            default ->
                switch (value) {
                    case Number number -> number(new BigDecimal(number.toString()), keyword, is);
                    case String text -> string(text, keyword, is);
                    case List<?> list -> array(list, keyword, is, schema);
                    case Map<?, ?> map -> object(map, keyword, is, schema);
                    case null, default -> true;
                };
        };
    }

    private static boolean isOf(@Nullable Object value, @Nullable Object type) {
        return switch (String.valueOf(type)) {
            case "null" -> value == null;
            case "boolean" -> value instanceof Boolean;
            case "integer" ->
                value instanceof Number number && !number.toString().contains(".");
            case "number" -> value instanceof Number;
            case "string" -> value instanceof String;
            case "array" -> value instanceof List<?>;
            default -> value instanceof Map<?, ?>;
        };
    }

    private static boolean same(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return new BigDecimal(x.toString()).compareTo(new BigDecimal(y.toString())) == 0;
        }
        return Objects.equals(a, b);
    }

    private static boolean number(BigDecimal value, String keyword, Object is) {
        if (!(is instanceof Number limit)) {
            return true;
        }
        var bound = new BigDecimal(limit.toString());
        return switch (keyword) {
            case "minimum" -> value.compareTo(bound) >= 0;
            case "maximum" -> value.compareTo(bound) <= 0;
            case "exclusiveMinimum" -> value.compareTo(bound) > 0;
            case "exclusiveMaximum" -> value.compareTo(bound) < 0;
            case "multipleOf" -> value.remainder(bound).signum() == 0;
            default -> true;
        };
    }

    private static boolean string(String value, String keyword, Object is) {
        return switch (keyword) {
            case "minLength" -> value.codePointCount(0, value.length()) >= (int) is;
            case "maxLength" -> value.codePointCount(0, value.length()) <= (int) is;
            // Java's $ also matches before a last line end, which ECMAScript's does not.
            case "pattern" ->
                Pattern.compile(((String) is).replace("$", "\\z"))
                        .matcher(value)
                        .find();
            default -> true;
        };
    }

    private boolean array(List<?> value, String keyword, Object is, Map<?, ?> schema) {
        var front = schema.get("prefixItems") instanceof List<?> list ? list : List.of();
        return switch (keyword) {
            case "minItems" -> value.size() >= (int) is;
            case "maxItems" -> value.size() <= (int) is;
            case "prefixItems" ->
                IntStream.range(0, Math.min(front.size(), value.size()))
                        .allMatch(i -> valid(value.get(i), front.get(i)));
            case "items" -> value.stream().skip(front.size()).allMatch(element -> valid(element, is));
            default -> true;
        };
    }

    private boolean object(Map<?, ?> value, String keyword, Object is, Map<?, ?> schema) {
        var properties = schema.get("properties") instanceof Map<?, ?> map ? map : Map.of();
        return switch (keyword) {
            case "required" -> value.keySet().containsAll((List<?>) is);
            case "minProperties" -> value.size() >= (int) is;
            case "maxProperties" -> value.size() <= (int) is;
            case "properties" ->
                value.entrySet().stream()
                        .filter(member -> properties.containsKey(member.getKey()))
                        .allMatch(member -> valid(member.getValue(), properties.get(member.getKey())));
            case "additionalProperties" ->
                value.entrySet().stream()
                        .filter(member -> !properties.containsKey(member.getKey()))
                        .allMatch(member -> valid(member.getValue(), is));
            default -> true;
        };
    }
}
