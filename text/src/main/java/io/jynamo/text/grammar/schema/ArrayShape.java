package io.jynamo.text.grammar.schema;

import io.jynamo.text.grammar.automaton.Expression;
import java.util.ArrayList;
import java.util.List;

/** Arrays of a schema: elements with a schema each at the front, then elements of one schema. */
final class ArrayShape {
    private static final int MAX_FRONT = 500;

    private final SchemaCompiler compiler;
    private final List<SchemaAt> schemas;

    ArrayShape(SchemaCompiler compiler, List<SchemaAt> schemas) {
        this.compiler = compiler;
        this.schemas = schemas;
    }

    Expression expression() {
        int min = 0;
        int max = Expression.UNBOUNDED;
        int front = 0;
        for (SchemaAt schema : schemas) {
            min = Math.max(min, schema.count("minItems").orElse(0));
            int most = schema.count("maxItems").orElse(Expression.UNBOUNDED);
            max = max == Expression.UNBOUNDED || (most != Expression.UNBOUNDED && most < max) ? most : max;
            front = Math.max(front, Elements.front(schema).size());
            if (front > MAX_FRONT) {
                throw schema.invalid("prefixItems", "has more than " + MAX_FRONT + " schemas");
            }
        }
        if (max != Expression.UNBOUNDED && max < min) {
            return Expression.NOTHING;
        }
        var places = new Elements(schemas);
        var json = compiler.json();
        var elements = new ArrayList<Expression.Member>();
        var options = new ArrayList<Expression>();
        for (int i = 0; i < front && (max == Expression.UNBOUNDED || i < max); i++) {
            if (i >= min) {
                options.add(new Expression.Members(elements, Expression.NOTHING, json.comma()));
            }
            elements.add(new Expression.Member(compiler.compile(places.at(i)), true));
        }
        var rest = compiler.compile(places.at(front));
        options.add(new Expression.Members(elements, rest, json.comma(), Math.max(min, elements.size()), max));
        return json.bracketed(Expression.choice(options));
    }

    /** What the elements of arrays must satisfy. */
    record Elements(List<SchemaAt> schemas) {
        List<SchemaAt> at(int index) {
            var all = new ArrayList<SchemaAt>();
            for (SchemaAt schema : schemas) {
                var front = front(schema);
                boolean listed = schema.map().get("items") instanceof List<?>;
                String rest = listed ? "additionalItems" : "items";
                if (index < front.size()) {
                    all.add(front.get(index));
                } else if (schema.has(rest)) {
                    all.add(schema.child(rest));
                }
            }
            return all;
        }

        /** {@code prefixItems}, or {@code items} with a list as before draft 2020-12. */
        static List<SchemaAt> front(SchemaAt schema) {
            if (schema.has("prefixItems")) {
                return schema.children("prefixItems");
            }
            return schema.map().get("items") instanceof List<?> ? schema.children("items") : List.of();
        }
    }
}
