package io.jynamo.text.grammar.syntax;

import io.jynamo.text.grammar.automaton.CodePoints;
import io.jynamo.text.grammar.automaton.Encoding;
import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Expression.Call;
import io.jynamo.text.grammar.automaton.Rule;
import io.jynamo.text.grammar.syntax.RegularExpression.Dialect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads grammars as llama.cpp's GBNF and xgrammar write them, {@code root ::= "a" [0-9]+ | other}, and the plain part of Lark, {@code start:
 * "a" /[0-9]+/ | other}. A rule that calls itself at its very beginning is rewritten as a repetition; longer circles are refused.
 */
public final class Ebnf {
    private static final Expression ANY = Encoding.UTF_8.one(CodePoints.ALL);
    private static final int MAX_LENGTH = 1 << 18;
    private static final int MAX_DEPTH = 100;
    private static final int MAX_COUNT = 100_000;

    private final Cursor in;
    private final CharacterClasses classes;
    /** Whether the source is Lark's. */
    private final boolean lark;

    private final Map<String, Rule> rules = new LinkedHashMap<>();
    private final Map<String, Integer> firstUses = new LinkedHashMap<>();
    private int depth;

    private Ebnf(String text) {
        in = new Cursor(text, "grammar");
        classes = new CharacterClasses(in, Dialect.ECMASCRIPT);
        lark = !text.contains("::=");
    }

    /**
     * The texts of the rule {@code root}, or {@code start} in Lark's notation.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_REQUEST with line and column, UNSUPPORTED_PARAMETER
     */
    public static Expression parse(String ebnf) {
        return new Ebnf(ebnf).grammar();
    }

    private Expression grammar() {
        if (in.length() > MAX_LENGTH) {
            throw in.invalid("it is longer than " + MAX_LENGTH + " characters");
        }
        space();
        while (!in.atEnd()) {
            definition();
            space();
        }
        firstUses.forEach((name, position) -> {
            if (!rule(name).isDefined()) {
                in.back(position);
                throw in.invalid("rule '" + name + "' is not defined");
            }
        });
        String root = lark ? "start" : "root";
        if (!rule(root).isDefined()) {
            throw in.invalid("there is no rule '" + root + "'");
        }
        return new Call(rule(root));
    }

    private Rule rule(String name) {
        return rules.computeIfAbsent(name, Rule::new);
    }

    private void definition() {
        if (in.looksAt("%")) {
            in.next();
            throw in.unsupported("directive %" + name());
        }
        if (lark && !in.take('?')) {
            in.take('!');
        }
        int start = in.position();
        String name = name();
        if (name.isEmpty()) {
            throw in.invalid("a rule's name is expected");
        }
        var rule = rule(name);
        if (rule.isDefined()) {
            in.back(start);
            throw in.invalid("rule '" + name + "' is defined twice");
        }
        if (lark && in.take('.')) {
            in.number(MAX_COUNT);
        }
        space();
        if (!in.take(lark ? ":" : "::=")) {
            throw in.invalid("'" + (lark ? ":" : "::=") + "' is expected after the name of rule '" + name + "'");
        }
        rule.define(withoutLeftRecursion(rule, alternatives()));
    }

    /** Of a rule A = A a | b the repetition b a*. */
    private static Expression withoutLeftRecursion(Rule rule, List<Expression> alternatives) {
        var first = new ArrayList<Expression>();
        var then = new ArrayList<Expression>();
        for (Expression alternative : alternatives) {
            if (alternative.equals(new Call(rule))) {
                continue;
            }
            if (alternative instanceof Expression.Sequence(var parts)
                    && !parts.isEmpty()
                    && parts.getFirst().equals(new Call(rule))) {
                then.add(Expression.sequence(parts.subList(1, parts.size())));
            } else {
                first.add(alternative);
            }
        }
        var start = Expression.choice(first);
        return then.isEmpty() ? start : Expression.sequence(start, Expression.star(Expression.choice(then)));
    }

    private List<Expression> alternatives() {
        if (++depth > MAX_DEPTH) {
            throw in.invalid("groups nest deeper than " + MAX_DEPTH);
        }
        var alternatives = new ArrayList<Expression>();
        do {
            alternatives.add(sequence());
        } while (in.take('|'));
        depth--;
        return alternatives;
    }

    private Expression sequence() {
        var parts = new ArrayList<Expression>();
        space();
        while (beginsElement()) {
            parts.add(quantified(element()));
            space();
        }
        if (lark && in.take("->")) {
            space();
            name();
            space();
        }
        return Expression.sequence(parts);
    }

    private boolean beginsElement() {
        int c = in.peek();
        if (c == '"' || c == '\'' || c == '[' || c == '(' || c == '.' || (lark && c == '/')) {
            return true;
        }
        if (!isNameStart(c)) {
            boolean ends = c < 0 || "|)]%".indexOf(c) >= 0 || (lark && (c == '?' || c == '!' || in.looksAt("->")));
            if (!ends) {
                throw in.invalid("unexpected '" + Character.toString(c) + "'");
            }
            return false;
        }
        int start = in.position();
        name();
        if (lark && in.take('.')) {
            in.number(MAX_COUNT);
        }
        space();
        boolean defines = in.looksAt(lark ? ":" : "::=");
        in.back(start);
        return !defines;
    }

    private Expression element() {
        int start = in.position();
        int c = in.next();
        return switch (c) {
            case '"', '\'' -> literal(c);
            case '.' -> ANY;
            case '/' -> regex();
            case '[' -> lark ? Expression.optional(closed(']')) : Encoding.UTF_8.one(classes.set(false));
            case '(' -> {
                if (in.looksAt("=")) {
                    throw in.unsupported("lookahead (= …)");
                }
                yield closed(')');
            }
            default -> {
                in.back(start);
                String name = name();
                firstUses.putIfAbsent(name, start);
                yield new Call(rule(name));
            }
        };
    }

    private Expression closed(char end) {
        var inner = Expression.choice(alternatives());
        if (!in.take(end)) {
            throw in.invalid("missing '" + end + "'");
        }
        return inner;
    }

    private Expression quantified(Expression element) {
        var result = element;
        while (true) {
            int before = in.position();
            if (in.take('*')) {
                result = Expression.star(result);
            } else if (in.take('+')) {
                result = Expression.plus(result);
            } else if (in.take('?')) {
                result = Expression.optional(result);
            } else if (in.take('{')) {
                result = counted(result);
            } else {
                in.back(before);
                return result;
            }
        }
    }

    private Expression counted(Expression element) {
        int min = in.number(MAX_COUNT);
        int max = min;
        if (in.take(',')) {
            in.take(' ');
            max = in.number(MAX_COUNT);
            max = max < 0 ? Expression.UNBOUNDED : max;
        }
        if (!in.take('}') || (min < 0 && max < 0) || (max >= 0 && max < min)) {
            throw in.invalid("a repetition is {m}, {m,} or {m,n}");
        }
        return Expression.repeat(element, Math.max(0, min), max);
    }

    private Expression literal(int quote) {
        var text = new StringBuilder();
        while (in.peek() != quote) {
            int c = in.next();
            if (c == '\n') {
                throw in.invalid("a literal must end on its line");
            }
            text.appendCodePoint(c == '\\' ? escape() : c);
        }
        in.next();
        if (lark && in.take("..")) {
            int end = in.next();
            var last = literalText(end);
            return Encoding.UTF_8.one(CodePoints.of(text.codePointAt(0), last));
        }
        if (lark && in.take('i')) {
            return Expression.sequence(text.codePoints()
                    .mapToObj(c -> Encoding.UTF_8.one(CodePoints.of(c).ignoringCase()))
                    .toList());
        }
        return Encoding.UTF_8.text(text.toString());
    }

    private int literalText(int quote) {
        int c = in.next();
        int point = c == '\\' ? escape() : c;
        if (in.next() != quote) {
            throw in.invalid("a range of characters ends in one character");
        }
        return point;
    }

    private int escape() {
        var points = classes.escape();
        if (points.ranges() != 1 || points.first(0) != points.last(0)) {
            throw in.invalid("an escape in a literal stands for one character");
        }
        return points.first(0);
    }

    private Expression regex() {
        var source = new StringBuilder();
        while (in.peek() != '/') {
            int c = in.next();
            if (c == '\\' && in.take('/')) {
                source.append('/');
                continue;
            }
            source.appendCodePoint(c);
            if (c == '\\') {
                source.appendCodePoint(in.next());
            }
        }
        in.next();
        String flags = in.take('i') ? "(?i)" : "";
        return RegularExpression.fullMatch(flags + source);
    }

    private String name() {
        int start = in.position();
        if (isNameStart(in.peek())) {
            while (isNameStart(in.peek()) || isNamePart(in.peek())) {
                in.next();
            }
        }
        return in.since(start);
    }

    private static boolean isNameStart(int c) {
        return c == '_' || (c < 128 && Character.isLetter(c));
    }

    private boolean isNamePart(int c) {
        return (c >= '0' && c <= '9') || (!lark && (c == '-' || c == '.'));
    }

    private void space() {
        while (!in.atEnd()) {
            if (in.looksAt("#") || (lark && in.looksAt("//"))) {
                while (!in.atEnd() && in.peek() != '\n') {
                    in.next();
                }
            } else if (Character.isWhitespace(in.peek())) {
                in.next();
            } else {
                return;
            }
        }
    }
}
