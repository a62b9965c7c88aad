package io.jynamo.text.grammar.schema;

import static io.jynamo.text.grammar.automaton.Expression.anyOf;
import static io.jynamo.text.grammar.automaton.Expression.choice;
import static io.jynamo.text.grammar.automaton.Expression.literal;
import static io.jynamo.text.grammar.automaton.Expression.optional;
import static io.jynamo.text.grammar.automaton.Expression.plus;
import static io.jynamo.text.grammar.automaton.Expression.range;
import static io.jynamo.text.grammar.automaton.Expression.repeat;
import static io.jynamo.text.grammar.automaton.Expression.sequence;
import static io.jynamo.text.grammar.automaton.Expression.star;

import io.jynamo.text.grammar.automaton.CodePoints;
import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Expression.Call;
import io.jynamo.text.grammar.automaton.Node;
import io.jynamo.text.grammar.automaton.Rule;
import io.jynamo.text.grammar.automaton.RuleCompiler;
import io.jynamo.text.grammar.automaton.Utf8Ranges;
import java.util.List;

/** JSON without a schema (RFC 8259), as rules that all grammars share; one set of them for each way with white space. */
public final class Json {
    /** White space between two parts of a value is at most so many bytes: enough to indent, not enough to never end. */
    static final int MAX_SPACE = 40;

    private static final Expression DIGIT = range('0', '9');
    private static final Expression WHOLE =
            sequence(optional(literal("-")), choice(literal("0"), sequence(range('1', '9'), star(DIGIT))));

    /** An integer without fraction and exponent. */
    static final Expression INTEGER = new Call(new Rule("integer", WHOLE));

    static final Expression NUMBER = new Call(new Rule(
            "number",
            sequence(
                    WHOLE,
                    optional(sequence(literal("."), plus(DIGIT))),
                    optional(sequence(anyOf("eE"), optional(anyOf("+-")), plus(DIGIT))))));

    /** One character of a string, in any form that JSON has for it. */
    static final Expression CHARACTER = new Call(new Rule("character", character()));

    private static final Expression PLAIN =
            new Call(new Rule("plain", Utf8Ranges.of(CodePoints.ALL.minus(JsonEncoding.ESCAPED))));

    static final Expression STRING =
            new Call(new Rule("string", sequence(literal("\""), star(character()), literal("\""))));

    static final Json COMPACT = new Json(Expression.EMPTY);
    static final Json FLEXIBLE =
            new Json(optional(new Call(new Rule("space", repeat(anyOf(" \t\n\r"), 1, MAX_SPACE)))));

    static {
        RuleCompiler.compileCommon(List.of(
                rule(INTEGER),
                rule(NUMBER),
                rule(CHARACTER),
                rule(PLAIN),
                rule(STRING),
                COMPACT.value,
                FLEXIBLE.value));
    }

    private final Expression space;
    private final Rule value = new Rule("value");
    private final Expression object;
    private final Expression array;

    private Json(Expression space) {
        this.space = space;
        object = new Call(new Rule(
                "object",
                braced(new Expression.Members(List.of(), sequence(STRING, colon(), new Call(value)), comma()))));
        array = new Call(new Rule("array", bracketed(new Expression.Members(List.of(), new Call(value), comma()))));
        value.define(choice(object, array, STRING, NUMBER, literal("true"), literal("false"), literal("null")));
    }

    /** Where a character begins that stands for itself in a string. */
    public static Node plainCharacter() {
        return rule(PLAIN).start();
    }

    /** Any object. */
    public static Expression anyObject(boolean compact) {
        return of(compact).object;
    }

    static Json of(boolean compact) {
        return compact ? COMPACT : FLEXIBLE;
    }

    private static Rule rule(Expression call) {
        return ((Call) call).rule();
    }

    Expression value() {
        return new Call(value);
    }

    Expression object() {
        return object;
    }

    Expression array() {
        return array;
    }

    Expression comma() {
        return sequence(space, literal(","), space);
    }

    Expression colon() {
        return sequence(space, literal(":"), space);
    }

    /** An object of these members; white space may follow the opening brace, and precede the closing one of an object with members. */
    Expression braced(Expression members) {
        return sequence(literal("{"), space, members, space, literal("}"));
    }

    Expression bracketed(Expression elements) {
        return sequence(literal("["), space, elements, space, literal("]"));
    }

    private static Expression character() {
        var hex = choice(DIGIT, range('a', 'f'), range('A', 'F'));
        var unit = choice(
                sequence(choice(DIGIT, anyOf("abcefABCEF")), hex, hex, hex),
                sequence(anyOf("dD"), range('0', '7'), hex, hex));
        var pair = sequence(
                anyOf("dD"),
                choice(anyOf("89"), anyOf("abAB")),
                hex,
                hex,
                literal("\\u"),
                anyOf("dD"),
                anyOf("cdefCDEF"),
                hex,
                hex);
        return choice(
                Utf8Ranges.of(CodePoints.ALL.minus(JsonEncoding.ESCAPED)),
                sequence(literal("\\"), choice(anyOf("\"\\/bfnrt"), sequence(literal("u"), choice(unit, pair)))));
    }
}
