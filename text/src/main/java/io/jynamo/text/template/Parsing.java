package io.jynamo.text.template;

import io.jynamo.protocol.JynamoException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the two parsers share while they read one template: scopes, nesting, names still to be placed. */
final class Parsing {
    /** Names that a macro gets without declaring them, if it uses them. */
    private static final Set<String> SPECIAL = Set.of("caller", "varargs", "kwargs");

    private record Pending(Expression.Name name, Scope scope) {}

    /** A filter or test that does not exist where jinja2 looks for it before it renders anything. */
    private record Unknown(String message, int line) {}

    private final TokenStream tokens;
    private final int nesting;
    private final List<Pending> pending = new ArrayList<>();
    private final List<Unknown> unknown = new ArrayList<>();
    private final Deque<Set<String>> specials = new ArrayDeque<>();
    private Scope scope = Scope.root();
    private boolean conditional;
    private int depth;
    private int deepest;

    Parsing(TokenStream tokens, int nesting) {
        this.tokens = tokens;
        this.nesting = nesting;
    }

    TokenStream tokens() {
        return tokens;
    }

    Scope scope() {
        return scope;
    }

    /** Makes {@code next} the current scope; hand the result back to return. */
    Scope open(Scope next) {
        var before = scope;
        scope = next;
        return before;
    }

    void enter() {
        if (++depth > nesting) {
            throw tokens.fail("nests deeper than " + nesting + " levels");
        }
        deepest = Math.max(deepest, depth);
    }

    void leave() {
        depth--;
    }

    int startDepth() {
        var before = deepest;
        deepest = depth;
        return before;
    }

    /** How many levels were nested since {@link #startDepth}, which gave {@code before}. */
    int levelsSince(int before) {
        var levels = deepest - depth + 1;
        deepest = Math.max(before, deepest);
        return levels;
    }

    Expression.Name name(String name) {
        var expression = new Expression.Name(name);
        pending.add(new Pending(expression, scope));
        if (SPECIAL.contains(name)) {
            specials.forEach(used -> used.add(name));
        }
        return expression;
    }

    void openMacro() {
        specials.push(new HashSet<>());
    }

    Set<String> closeMacro() {
        return specials.pop();
    }

    /** Says whether what follows runs only on a condition; hand the result back to return. */
    boolean conditional(boolean now) {
        var before = conditional;
        conditional = now;
        return before;
    }

    void reportUnknown(String message, int line) {
        if (!conditional) {
            unknown.add(new Unknown(message, line));
        }
    }

    int unknownCount() {
        return unknown.size();
    }

    /** What was reported since then turned out to stand under a condition. */
    void forgetUnknown(int count) {
        unknown.subList(count, unknown.size()).clear();
    }

    void finish() {
        if (!unknown.isEmpty()) {
            throw Lexer.invalid(unknown.getFirst().line, unknown.getFirst().message);
        }
        pending.forEach(p -> p.name.bind(p.scope));
    }

    JynamoException fail(String message) {
        return tokens.fail(message);
    }
}
