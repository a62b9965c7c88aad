package io.jynamo.text.grammar.syntax;

import io.jynamo.text.grammar.automaton.CodePoints;
import io.jynamo.text.grammar.automaton.Encoding;
import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Refusal;
import java.util.ArrayList;
import java.util.List;

/** A parsed regular expression, still with its anchors. */
sealed interface Pattern {
    record Characters(CodePoints points) implements Pattern {}

    record Sequence(List<Pattern> parts) implements Pattern {}

    record Choice(List<Pattern> options) implements Pattern {}

    record Repeat(Pattern body, int min, int max) implements Pattern {}

    /** The start of the text where {@code start}, else its end. */
    record Anchor(boolean start) implements Pattern {}

    /** What of a text lies around a part of a pattern. */
    record Around(boolean before, boolean after) {
        static final Around NOTHING = new Around(false, false);
    }

    private static boolean isAnchored(Pattern pattern) {
        return switch (pattern) {
            case Characters _ -> false;
            case Sequence(var parts) -> parts.stream().anyMatch(Pattern::isAnchored);
            case Choice(var options) -> options.stream().anyMatch(Pattern::isAnchored);
            case Repeat repeat -> isAnchored(repeat.body());
            case Anchor _ -> true;
        };
    }

    /**
     * The texts that the pattern matches as a whole; or where {@code around} says so, with anything before or after it that no anchor forbids.
     *
     * @throws io.jynamo.protocol.JynamoException UNSUPPORTED_PARAMETER where an anchor stands in the middle or is repeated
     */
    static Expression texts(Pattern pattern, Around around, Encoding encoding) {
        if (!isAnchored(pattern)) {
            return padded(plain(pattern, encoding), around, encoding);
        }
        return switch (pattern) {
            case Choice(var options) ->
                Expression.choice(options.stream()
                        .map(option -> texts(option, around, encoding))
                        .toList());
            case Sequence(var parts) -> sequence(parts, around, encoding);
            case Anchor anchor -> {
                var rest = anchor.start() ? new Around(false, around.after) : new Around(around.before, false);
                yield padded(Expression.EMPTY, rest, encoding);
            }
            case Characters _, Repeat _ ->
                throw Refusal.unsupported("unsupported regular expression: an anchor (^ or $) inside a repetition");
        };
    }

    private static Expression sequence(List<Pattern> parts, Around around, Encoding encoding) {
        var rest = new ArrayList<>(parts);
        boolean before = around.before;
        boolean after = around.after;
        while (!rest.isEmpty() && rest.getFirst().equals(new Anchor(true))) {
            rest.removeFirst();
            before = false;
        }
        while (!rest.isEmpty() && rest.getLast().equals(new Anchor(false))) {
            rest.removeLast();
            after = false;
        }
        if (rest.size() <= 1) {
            return texts(
                    rest.isEmpty() ? new Sequence(List.of()) : rest.getFirst(), new Around(before, after), encoding);
        }
        for (Pattern middle : rest.subList(1, rest.size() - 1)) {
            if (isAnchored(middle)) {
                throw misplaced();
            }
        }
        if (hasAnchor(rest.getFirst(), false) || hasAnchor(rest.getLast(), true)) {
            throw misplaced();
        }
        var expressions = new ArrayList<Expression>();
        expressions.add(texts(rest.getFirst(), new Around(before, false), encoding));
        rest.subList(1, rest.size() - 1).forEach(part -> expressions.add(plain(part, encoding)));
        expressions.add(texts(rest.getLast(), new Around(false, after), encoding));
        return Expression.sequence(expressions);
    }

    private static boolean hasAnchor(Pattern pattern, boolean start) {
        return switch (pattern) {
            case Characters _ -> false;
            case Sequence(var parts) -> parts.stream().anyMatch(part -> hasAnchor(part, start));
            case Choice(var options) -> options.stream().anyMatch(option -> hasAnchor(option, start));
            case Repeat repeat -> hasAnchor(repeat.body(), start);
            case Anchor anchor -> anchor.start() == start;
        };
    }

    private static RuntimeException misplaced() {
        return Refusal.unsupported("unsupported regular expression: an anchor (^ or $) in the middle");
    }

    private static Expression padded(Expression body, Around around, Encoding encoding) {
        var any = Expression.star(encoding.one(CodePoints.ALL));
        var parts = new ArrayList<Expression>();
        if (around.before) {
            parts.add(any);
        }
        parts.add(body);
        if (around.after) {
            parts.add(any);
        }
        return Expression.sequence(parts);
    }

    private static Expression plain(Pattern pattern, Encoding encoding) {
        return switch (pattern) {
            case Characters(var points) -> encoding.one(points);
            case Sequence(var parts) ->
                Expression.sequence(
                        parts.stream().map(part -> plain(part, encoding)).toList());
            case Choice(var options) ->
                Expression.choice(
                        options.stream().map(option -> plain(option, encoding)).toList());
            case Repeat repeat -> Expression.repeat(plain(repeat.body(), encoding), repeat.min(), repeat.max());
            case Anchor _ -> throw misplaced();
        };
    }
}
