package io.jynamo.text.grammar.schema;

import io.jynamo.text.grammar.automaton.Encoding;
import io.jynamo.text.grammar.automaton.Graph;
import io.jynamo.text.grammar.automaton.Refusal;
import io.jynamo.text.grammar.syntax.RegularExpression;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a value written in a schema, such as one of an {@code enum}, satisfies schemas. */
final class InstanceCheck {
    private final References references;
    private final Map<String, Graph> patterns = new HashMap<>();
    private int depth;

    InstanceCheck(References references) {
        this.references = references;
    }

    boolean holds(@Nullable Object value, Collection<SchemaAt> schemas) {
        if (++depth > JsonSchemas.MAX_DEPTH) {
            throw Refusal.invalid("the schema refers to itself without end");
        }
        var conjunction = Conjunction.of(schemas, references);
        boolean holds = !conjunction.impossible()
                && conjunction.schemas().stream().allMatch(schema -> satisfies(value, schema));
        depth--;
        return holds;
    }

    private boolean satisfies(@Nullable Object value, SchemaAt schema) {
        return Type.of(schema).contains(Type.ofValue(value))
                && (!schema.has("const") || Values.same(value, schema.map().get("const")))
                && (!schema.has("enum") || schema.list("enum").stream().anyMatch(one -> Values.same(value, one)))
                && (!schema.has("anyOf") || matches(value, schema.children("anyOf")) > 0)
                && (!schema.has("oneOf") || matches(value, schema.children("oneOf")) == 1)
                && satisfiesOwn(value, schema);
    }

    private boolean satisfiesOwn(@Nullable Object value, SchemaAt schema) {
        return switch (value) {
            case Number number -> number(Values.decimal(number), schema);
            case String text -> string(text, schema);
            case List<?> list -> array(list, schema);
            case Map<?, ?> map -> object(map, schema);
            case null, default -> true;
        };
    }

    private long matches(@Nullable Object value, List<SchemaAt> branches) {
        return branches.stream().filter(branch -> holds(value, List.of(branch))).count();
    }

    private static boolean number(BigDecimal value, SchemaAt schema) {
        var step = schema.number("multipleOf");
        return Bounds.of(List.of(schema)).contain(value)
                && (step.isEmpty()
                        || step.get().signum() == 0
                        || value.remainder(step.get()).signum() == 0);
    }

    private boolean string(String value, SchemaAt schema) {
        int length = value.codePointCount(0, value.length());
        return length >= schema.count("minLength").orElse(0)
                && length <= schema.count("maxLength").orElse(Integer.MAX_VALUE)
                && schema.string("pattern")
                        .map(pattern -> matches(pattern, value))
                        .orElse(true)
                && schema.string("format")
                        .flatMap(Formats::find)
                        .map(regex -> matches("^(?:" + regex + ")$", value))
                        .orElse(true);
    }

    /** Whether the pattern is found in the text. */
    boolean matches(String pattern, String text) {
        return patterns.computeIfAbsent(pattern, key -> Graph.of(RegularExpression.search(key, Encoding.UTF_8)))
                .accepts(text.getBytes(StandardCharsets.UTF_8));
    }

    private boolean array(List<?> value, SchemaAt schema) {
        boolean sized = value.size() >= schema.count("minItems").orElse(0)
                && value.size() <= schema.count("maxItems").orElse(Integer.MAX_VALUE);
        var shape = new ArrayShape.Elements(List.of(schema));
        for (int i = 0; i < value.size() && sized; i++) {
            sized = holds(value.get(i), shape.at(i));
        }
        return sized;
    }

    private boolean object(Map<?, ?> value, SchemaAt schema) {
        var properties = new ObjectShape.Properties(List.of(schema), this);
        return value.size() >= schema.count("minProperties").orElse(0)
                && value.size() <= schema.count("maxProperties").orElse(Integer.MAX_VALUE)
                && value.keySet().containsAll(schema.strings("required"))
                && value.entrySet().stream()
                        .allMatch(e -> holds(e.getValue(), properties.satisfiedBy(String.valueOf(e.getKey()))));
    }
}
