package io.jynamo.text.grammar.schema;

import static io.jynamo.text.grammar.automaton.Expression.choice;
import static io.jynamo.text.grammar.automaton.Expression.literal;

import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Refusal;
import io.jynamo.text.grammar.automaton.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Translates one document. What an instance at some place must satisfy is a {@link Conjunction}; each becomes a rule once, so that recursive
 * schemas become recursive rules. A branch of {@code anyOf} is the conjunction with that branch in it, which satisfies the {@code anyOf}.
 */
final class SchemaCompiler {
    private static final int MAX_CONJUNCTIONS = 5000;

    private final SchemaAt root;
    private final boolean strict;
    private final Json json;
    private final References references;
    private final InstanceCheck check;
    private final Map<String, Rule> rules = new HashMap<>();
    private final Map<String, Expression> finished = new HashMap<>();
    private int depth;

    SchemaCompiler(SchemaAt root, boolean strict, Json json) {
        this.root = root;
        this.strict = strict;
        this.json = json;
        this.references = new References(root);
        this.check = new InstanceCheck(references);
    }

    Expression compile() {
        return compile(List.of(root));
    }

    Json json() {
        return json;
    }

    InstanceCheck check() {
        return check;
    }

    boolean strict() {
        return strict;
    }

    /** Instances that satisfy all of {@code schemas}. */
    Expression compile(Collection<SchemaAt> schemas) {
        return compile(Conjunction.of(schemas, references));
    }

    private Expression compile(Conjunction conjunction) {
        Refusal.ifInterrupted();
        if (conjunction.impossible()) {
            return Expression.NOTHING;
        }
        if (conjunction.schemas().isEmpty()) {
            return json.value();
        }
        String key = conjunction.key();
        var known = finished.get(key);
        if (known != null) {
            return known;
        }
        var begun = rules.get(key);
        if (begun != null) {
            return new Expression.Call(begun);
        }
        if (rules.size() == MAX_CONJUNCTIONS) {
            throw Refusal.invalid(
                    "the schema is too large: its parts combine in more than " + MAX_CONJUNCTIONS + " ways");
        }
        if (++depth > JsonSchemas.MAX_DEPTH) {
            throw Refusal.invalid("the schema nests deeper than " + JsonSchemas.MAX_DEPTH);
        }
        var rule = new Rule(conjunction.schemas().getFirst().pointer());
        rules.put(key, rule);
        var body = instances(conjunction);
        rule.define(body);
        depth--;
        var result = body instanceof Expression.Call ? body : new Expression.Call(rule);
        finished.put(key, result);
        return result;
    }

    private Expression instances(Conjunction conjunction) {
        Optional<List<SchemaAt>> group = openGroup(conjunction);
        if (group.isPresent()) {
            return choice(group.get().stream()
                    .map(branch -> compile(conjunction.and(branch, references)))
                    .distinct()
                    .toList());
        }
        Optional<List<?>> values = enumeration(conjunction);
        if (values.isPresent()) {
            return choice(values.get().stream()
                    .filter(value -> check.holds(value, conjunction.schemas()))
                    .map(value -> Values.text(value, json))
                    .toList());
        }
        return ofTypes(conjunction.schemas());
    }

    /** The branches of an {@code anyOf} or {@code oneOf} that the conjunction does not satisfy yet. */
    private Optional<List<SchemaAt>> openGroup(Conjunction conjunction) {
        for (SchemaAt schema : conjunction.schemas()) {
            for (String keyword : List.of("anyOf", "oneOf")) {
                var branches = schema.children(keyword).stream()
                        .filter(branch -> !Boolean.FALSE.equals(branch.value()))
                        .toList();
                if (!schema.has(keyword) || branches.stream().anyMatch(conjunction::contains)) {
                    continue;
                }
                if (keyword.equals("oneOf")) {
                    new Disjointness(references, check).require(schema, branches);
                }
                // Booleans are not kept in conjunctions: true is always there.
                if (branches.stream().noneMatch(branch -> Boolean.TRUE.equals(branch.value()))) {
                    return Optional.of(branches);
                }
            }
        }
        return Optional.empty();
    }

    /** The values of the first {@code enum} or {@code const}. */
    static Optional<List<?>> enumeration(Conjunction conjunction) {
        for (SchemaAt schema : conjunction.schemas()) {
            if (schema.has("const")) {
                return Optional.of(Collections.singletonList(schema.map().get("const")));
            }
            if (schema.has("enum")) {
                return Optional.of(schema.list("enum"));
            }
        }
        return Optional.empty();
    }

    private Expression ofTypes(List<SchemaAt> schemas) {
        Set<Type> types = EnumSet.allOf(Type.class);
        schemas.forEach(schema -> types.retainAll(Type.of(schema)));
        if (types.contains(Type.NUMBER)) {
            types.remove(Type.INTEGER);
        }
        var options = new ArrayList<Expression>();
        for (Type type : types) {
            options.add(
                    switch (type) {
                        case NULL -> literal("null");
                        case BOOLEAN -> choice(literal("true"), literal("false"));
                        case INTEGER -> Numbers.integers(schemas);
                        case NUMBER -> Numbers.numbers(schemas);
                        case STRING -> Strings.strings(schemas);
                        case ARRAY -> new ArrayShape(this, schemas).expression();
                        case OBJECT -> new ObjectShape(this, schemas).expression();
                    });
        }
        return choice(options);
    }
}
