package io.jynamo.text.template;

import io.jynamo.text.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Parses what values are assigned to: names, attributes of a namespace, and tuples of them. */
final class TargetParser {
    /** A target as written, before it is known which scope its names live in. */
    sealed interface Syntax {
        record Named(String name) implements Syntax {}

        record Field(String owner, String name) implements Syntax {}

        record Several(List<Syntax> parts) implements Syntax {}
    }

    private final Parsing parsing;
    private final TokenStream tokens;

    TargetParser(Parsing parsing) {
        this.parsing = parsing;
        this.tokens = parsing.tokens();
    }

    String name() {
        var name = tokens.expect(Kind.NAME).text();
        if (ExpressionParser.isReserved(name)) {
            throw tokens.fail("can't assign to 'const'");
        }
        return name;
    }

    Syntax tuple(boolean withFields, String... ends) {
        var parts = new ArrayList<Syntax>();
        var several = false;
        do {
            if (!parts.isEmpty() && isEnd(ends)) {
                several = true;
                break;
            }
            several = !parts.isEmpty();
            parts.add(one(withFields));
        } while (tokens.skipOperator(","));
        return several ? new Syntax.Several(List.copyOf(parts)) : parts.getFirst();
    }

    private boolean isEnd(String... ends) {
        var token = tokens.current();
        for (var end : ends) {
            if (token.isName(end)) {
                return true;
            }
        }
        return token.isOperator(")") || token.isOperator("=") || token.is(Kind.BLOCK_END);
    }

    private Syntax one(boolean withFields) {
        if (tokens.skipOperator("(")) {
            parsing.enter();
            var inner = tuple(withFields);
            parsing.leave();
            tokens.expectOperator(")");
            return inner;
        }
        var name = name();
        return withFields && tokens.skipOperator(".")
                ? new Syntax.Field(name, tokens.expect(Kind.NAME).text())
                : new Syntax.Named(name);
    }

    /** The target with its names in the current scope. */
    Target bind(Syntax syntax) {
        return switch (syntax) {
            case Syntax.Named named -> new Target.Slot(parsing.scope().declare(named.name()));
            case Syntax.Field field -> new Target.Field(parsing.name(field.owner()), field.name());
            case Syntax.Several several ->
                new Target.Unpack(several.parts().stream().map(this::bind).toList());
        };
    }
}
