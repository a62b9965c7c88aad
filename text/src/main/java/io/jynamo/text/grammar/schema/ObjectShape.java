package io.jynamo.text.grammar.schema;

import static io.jynamo.text.grammar.automaton.Expression.sequence;

import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Expression.Member;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Objects of a schema: the properties it names, in the order in which it does, then others. Names that are required and not described come
 * after those described. The names of other properties must be in the ordinary form of {@link JsonEncoding} where some are named.
 */
final class ObjectShape {
    private static final int MAX_PATTERNS = 4;

    private final SchemaCompiler compiler;
    private final List<SchemaAt> schemas;
    private final Properties properties;
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> required = new LinkedHashSet<>();
    private final Set<String> patterns = new LinkedHashSet<>();
    private boolean saysAdditional;

    ObjectShape(SchemaCompiler compiler, List<SchemaAt> schemas) {
        this.compiler = compiler;
        this.schemas = schemas;
        this.properties = new Properties(schemas, compiler.check());
    }

    Expression expression() {
        int min = 0;
        int max = Expression.UNBOUNDED;
        for (SchemaAt schema : schemas) {
            schema.members("properties").keySet().forEach(name -> names.add(String.valueOf(name)));
            schema.members("patternProperties").keySet().forEach(pattern -> patterns.add(String.valueOf(pattern)));
            required.addAll(schema.strings("required"));
            saysAdditional |= schema.has("additionalProperties");
            min = Math.max(min, schema.count("minProperties").orElse(0));
            int most = schema.count("maxProperties").orElse(Expression.UNBOUNDED);
            max = max == Expression.UNBOUNDED || (most != Expression.UNBOUNDED && most < max) ? most : max;
            if (patterns.size() > MAX_PATTERNS) {
                throw schema.unsupported("patternProperties", "more than " + MAX_PATTERNS + " patterns");
            }
        }
        if (max != Expression.UNBOUNDED && max < min) {
            return Expression.NOTHING;
        }
        boolean closed = compiler.strict() && !names.isEmpty() && !saysAdditional;
        var rest = closed ? Expression.NOTHING : rest();
        names.addAll(required);
        var members = new ArrayList<Member>();
        for (String name : names) {
            boolean open = !closed || isDescribed(name);
            var value = open ? compiler.compile(properties.satisfiedBy(name)) : Expression.NOTHING;
            members.add(new Member(
                    member(Strings.quoted(JsonEncoding.INSTANCE.text(name)), value), required.contains(name)));
        }
        var json = compiler.json();
        return json.braced(new Expression.Members(members, rest, json.comma(), min, max));
    }

    private Expression member(Expression name, Expression value) {
        return sequence(name, compiler.json().colon(), value);
    }

    private boolean isDescribed(String name) {
        return schemas.stream().anyMatch(schema -> schema.members("properties").containsKey(name));
    }

    /** Properties not named: for each set of patterns that a name may match, the names that match just these, and what their values must be. */
    private Expression rest() {
        var except = new LinkedHashSet<>(names);
        except.addAll(required);
        var order = List.copyOf(patterns);
        var options = new ArrayList<Expression>();
        for (int set = 0; set < 1 << order.size(); set++) {
            var matching = new LinkedHashSet<String>();
            var others = new LinkedHashSet<String>();
            for (int i = 0; i < order.size(); i++) {
                ((set >> i & 1) == 1 ? matching : others).add(order.get(i));
            }
            var value = compiler.compile(properties.satisfiedBy(matching));
            if (!value.equals(Expression.NOTHING)) {
                options.add(member(Strings.names(matching, others, except), value));
            }
        }
        return Expression.choice(options);
    }

    /** What the values of properties must satisfy. */
    record Properties(List<SchemaAt> schemas, InstanceCheck check) {
        List<SchemaAt> satisfiedBy(String name) {
            return satisfiedBy(pattern -> check.matches(pattern, name), name);
        }

        /** For a name that is not described and matches just these patterns. */
        List<SchemaAt> satisfiedBy(Set<String> matching) {
            return satisfiedBy(matching::contains, null);
        }

        private List<SchemaAt> satisfiedBy(Predicate<String> matching, @Nullable String name) {
            var all = new ArrayList<SchemaAt>();
            for (SchemaAt schema : schemas) {
                int before = all.size();
                if (name != null && schema.members("properties").containsKey(name)) {
                    all.add(schema.child("properties", name));
                }
                for (Object pattern : schema.members("patternProperties").keySet()) {
                    if (matching.test(String.valueOf(pattern))) {
                        all.add(schema.child("patternProperties", String.valueOf(pattern)));
                    }
                }
                if (all.size() == before && schema.has("additionalProperties")) {
                    all.add(schema.child("additionalProperties"));
                }
            }
            return all;
        }
    }
}
