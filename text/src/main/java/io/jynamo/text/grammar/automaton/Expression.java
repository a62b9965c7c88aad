package io.jynamo.text.grammar.automaton;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A set of byte strings, as a tree: what every kind of constraint is translated to. Immutable; rules may call each other in circles. */
public sealed interface Expression {
    /** The {@code max} of a repetition without end. */
    int UNBOUNDED = -1;

    /** The empty text and nothing else. */
    Expression EMPTY = new Sequence(List.of());

    /** No text at all, not even the empty one. */
    Expression NOTHING = new Choice(List.of());

    /** One byte from {@code low} to {@code high}, both inclusive, 0 to 255. */
    record Range(int low, int high) implements Expression {
        public Range {
            if (low < 0 || high > 255 || low > high) {
                throw new IllegalArgumentException("No byte range: " + low + " to " + high);
            }
        }
    }

    /** One after the other. */
    record Sequence(List<Expression> parts) implements Expression {
        public Sequence {
            parts = List.copyOf(parts);
        }
    }

    /** Any one of several. */
    record Choice(List<Expression> options) implements Expression {
        public Choice {
            options = List.copyOf(options);
        }
    }

    /** From {@code min} to {@code max} times, or without end where {@code max} is {@link #UNBOUNDED}. */
    record Repeat(Expression body, int min, int max) implements Expression {
        public Repeat {
            if (min < 0 || (max != UNBOUNDED && max < min)) {
                throw new IllegalArgumentException("No repetition: {" + min + "," + max + "}");
            }
        }
    }

    /** The texts of a rule. */
    record Call(Rule rule) implements Expression {}

    /**
     * Members in the order given, a separator between each two that are there; those not required may be left out. After them may come
     * {@code rest}, any number of times. In all there are from {@code min} to {@code max}, or without end where that is {@link #UNBOUNDED}.
     */
    record Members(List<Member> members, Expression rest, Expression separator, int min, int max)
            implements Expression {
        public Members {
            members = List.copyOf(members);
        }

        /** Of any number. */
        public Members(List<Member> members, Expression rest, Expression separator) {
            this(members, rest, separator, 0, UNBOUNDED);
        }
    }

    /** One of {@link Members}. */
    record Member(Expression body, boolean required) {}

    /** The texts of a graph made before, one without calls. */
    record Embedded(Graph graph) implements Expression {}

    static Expression literal(String text) {
        return literal(text.getBytes(StandardCharsets.UTF_8));
    }

    static Expression literal(byte[] bytes) {
        var parts = new ArrayList<Expression>(bytes.length);
        for (byte b : bytes) {
            parts.add(new Range(b & 0xFF, b & 0xFF));
        }
        return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
    }

    /** One byte out of the ASCII characters given. */
    static Expression anyOf(String characters) {
        return choice(
                characters.chars().mapToObj(c -> (Expression) new Range(c, c)).toList());
    }

    static Expression range(int low, int high) {
        return new Range(low, high);
    }

    static Expression sequence(Expression... parts) {
        return sequence(List.of(parts));
    }

    static Expression sequence(List<Expression> parts) {
        return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
    }

    static Expression choice(Expression... options) {
        return choice(List.of(options));
    }

    static Expression choice(List<Expression> options) {
        return options.size() == 1 ? options.getFirst() : new Choice(options);
    }

    static Expression optional(Expression body) {
        return new Repeat(body, 0, 1);
    }

    static Expression star(Expression body) {
        return new Repeat(body, 0, UNBOUNDED);
    }

    static Expression plus(Expression body) {
        return new Repeat(body, 1, UNBOUNDED);
    }

    static Expression repeat(Expression body, int min, int max) {
        return min == 1 && max == 1 ? body : new Repeat(body, min, max);
    }

    /** The same texts, such that using the expression in several places costs little. */
    static Expression shared(String name, Expression body) {
        return size(body) <= 4 ? body : new Call(new Rule(name, body));
    }

    /** How many states an automaton of this needs, about, not counting those of the rules it calls. */
    static long size(Expression expression) {
        return switch (expression) {
            case Range _, Call _ -> 1;
            case Sequence sequence -> sum(sequence.parts());
            case Choice choice -> sum(choice.options());
            case Repeat repeat -> size(repeat.body()) * Math.max(1, Math.max(repeat.min(), repeat.max()));
            case Members members ->
                (sum(members.members().stream().map(Member::body).toList())
                                + size(members.rest())
                                + size(members.separator()) * (members.members().size() + 1))
                        * Math.max(1, Math.max(members.min(), members.max()));
            case Embedded embedded -> embedded.graph().size();
        };
    }

    private static long sum(List<Expression> expressions) {
        return expressions.stream().mapToLong(Expression::size).sum();
    }
}
