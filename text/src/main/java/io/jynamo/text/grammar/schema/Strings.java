package io.jynamo.text.grammar.schema;

import static io.jynamo.text.grammar.automaton.Expression.UNBOUNDED;
import static io.jynamo.text.grammar.automaton.Expression.literal;
import static io.jynamo.text.grammar.automaton.Expression.repeat;
import static io.jynamo.text.grammar.automaton.Expression.sequence;
import static io.jynamo.text.grammar.automaton.Expression.star;

import io.jynamo.text.grammar.automaton.CodePoints;
import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Products;
import io.jynamo.text.grammar.syntax.RegularExpression;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Strings of a schema, and names of members. */
final class Strings {
    private static final Expression ANY = JsonEncoding.INSTANCE.one(CodePoints.ALL);

    private Strings() {}

    static Expression strings(List<SchemaAt> schemas) {
        int min = 0;
        int max = UNBOUNDED;
        var languages = new ArrayList<Expression>();
        for (SchemaAt schema : schemas) {
            min = Math.max(min, schema.count("minLength").orElse(0));
            int most = schema.count("maxLength").orElse(UNBOUNDED);
            max = max == UNBOUNDED || (most != UNBOUNDED && most < max) ? most : max;
            schema.string("pattern").ifPresent(pattern -> languages.add(pattern(pattern)));
            format(schema).ifPresent(languages::add);
        }
        if (max != UNBOUNDED && max < min) {
            return Expression.NOTHING;
        }
        boolean anyLength = min == 0 && max == UNBOUNDED;
        if (languages.isEmpty()) {
            return anyLength ? Json.STRING : quoted(repeat(Json.CHARACTER, min, max));
        }
        if (!anyLength) {
            languages.add(repeat(ANY, min, max));
        }
        return quoted(languages.stream().reduce(Products::intersection).orElseThrow());
    }

    private static Optional<Expression> format(SchemaAt schema) {
        return schema.string("format")
                .map(name -> Formats.find(name)
                        .map(regex -> pattern("^(?:" + regex + ")$"))
                        .orElseThrow(
                                () -> schema.unsupported("format", "'" + name + "' is not one of " + Formats.names())));
    }

    static Expression pattern(String regex) {
        return RegularExpression.search(regex, JsonEncoding.INSTANCE);
    }

    static Expression quoted(Expression content) {
        return sequence(literal("\""), content, literal("\""));
    }

    /** Names that match all of some patterns and none of others, and that are not among {@code except}. */
    static Expression names(Collection<String> matching, Collection<String> notMatching, Collection<String> except) {
        if (matching.isEmpty() && notMatching.isEmpty() && except.isEmpty()) {
            return Json.STRING;
        }
        var language = matching.stream()
                .map(Strings::pattern)
                .reduce(Products::intersection)
                .orElse(star(ANY));
        for (String pattern : notMatching) {
            language = Products.difference(language, pattern(pattern));
        }
        if (!except.isEmpty()) {
            var listed = Expression.choice(
                    except.stream().map(JsonEncoding.INSTANCE::text).toList());
            language = Products.difference(language, listed);
        }
        return quoted(language);
    }
}
