package io.jynamo.text.grammar.schema;

import static io.jynamo.text.grammar.automaton.Expression.choice;
import static io.jynamo.text.grammar.automaton.Expression.literal;
import static io.jynamo.text.grammar.automaton.Expression.optional;
import static io.jynamo.text.grammar.automaton.Expression.plus;
import static io.jynamo.text.grammar.automaton.Expression.range;
import static io.jynamo.text.grammar.automaton.Expression.repeat;
import static io.jynamo.text.grammar.automaton.Expression.sequence;
import static io.jynamo.text.grammar.automaton.Expression.star;

import io.jynamo.text.grammar.automaton.Expression;
import java.math.BigDecimal;
import java.util.ArrayList;

/** Decimal numbers without sign and exponent that compare with a given one, digit by digit. */
final class Digits {
    static final Expression DIGIT = range('0', '9');
    static final Expression WHOLE = choice(literal("0"), sequence(range('1', '9'), star(DIGIT)));
    private static final Expression FRACTION = sequence(literal("."), plus(DIGIT));

    private Digits() {}

    /** Whole numbers of at least {@code number}, or of more than it. */
    static Expression wholeFrom(String number, boolean inclusive) {
        var options = new ArrayList<Expression>();
        int length = number.length();
        options.add(sequence(range('1', '9'), repeat(DIGIT, length, Expression.UNBOUNDED)));
        for (int i = 0; i < length; i++) {
            if (number.charAt(i) < '9') {
                options.add(sequence(
                        literal(number.substring(0, i)),
                        range(number.charAt(i) + 1, '9'),
                        repeat(DIGIT, length - 1 - i, length - 1 - i)));
            }
        }
        if (inclusive) {
            options.add(literal(number));
        }
        return choice(options);
    }

    /** Whole numbers of at most {@code number}, or of less than it. */
    static Expression wholeTo(String number, boolean inclusive) {
        var options = new ArrayList<Expression>();
        int length = number.length();
        if (length > 1) {
            options.add(literal("0"));
            options.add(sequence(range('1', '9'), repeat(DIGIT, 0, length - 2)));
        }
        for (int i = 0; i < length; i++) {
            int least = i == 0 && length > 1 ? '1' : '0';
            if (number.charAt(i) > least) {
                options.add(sequence(
                        literal(number.substring(0, i)),
                        range(least, number.charAt(i) - 1),
                        repeat(DIGIT, length - 1 - i, length - 1 - i)));
            }
        }
        if (inclusive) {
            options.add(literal(number));
        }
        return choice(options);
    }

    /** Numbers of at least {@code bound}, which is not negative; or of more, where the bound is exclusive. */
    static Expression from(Bounds.Bound bound) {
        String whole = whole(bound.value());
        String fraction = fraction(bound.value());
        var options = new ArrayList<Expression>();
        options.add(sequence(wholeFrom(whole, false), optional(FRACTION)));
        var equal = new ArrayList<Expression>();
        for (int i = 0; i < fraction.length(); i++) {
            if (fraction.charAt(i) < '9') {
                equal.add(sequence(literal(fraction.substring(0, i)), range(fraction.charAt(i) + 1, '9'), star(DIGIT)));
            }
        }
        var zeros = bound.inclusive() ? star(DIGIT) : sequence(star(literal("0")), range('1', '9'), star(DIGIT));
        equal.add(sequence(literal(fraction), fraction.isEmpty() && bound.inclusive() ? plus(DIGIT) : zeros));
        options.add(sequence(literal(whole + "."), choice(equal)));
        if (fraction.isEmpty() && bound.inclusive()) {
            options.add(literal(whole));
        }
        return choice(options);
    }

    /** Numbers of at most {@code bound}, which is not negative; or of less, where the bound is exclusive. */
    static Expression to(Bounds.Bound bound) {
        String whole = whole(bound.value());
        String fraction = fraction(bound.value());
        var options = new ArrayList<Expression>();
        options.add(sequence(wholeTo(whole, false), optional(FRACTION)));
        if (!fraction.isEmpty() || bound.inclusive()) {
            options.add(literal(whole));
        }
        var equal = new ArrayList<Expression>();
        for (int i = 0; i < fraction.length(); i++) {
            if (fraction.charAt(i) > '0') {
                equal.add(sequence(literal(fraction.substring(0, i)), range('0', fraction.charAt(i) - 1), star(DIGIT)));
            }
            if (i > 0) {
                equal.add(literal(fraction.substring(0, i)));
            }
        }
        if (bound.inclusive()) {
            var zeros = literal("0");
            equal.add(sequence(literal(fraction), fraction.isEmpty() ? plus(zeros) : star(zeros)));
        }
        options.add(sequence(literal(whole + "."), choice(equal)));
        return choice(options);
    }

    private static String whole(BigDecimal value) {
        return value.toBigInteger().toString();
    }

    /** Digits behind the point without zeros at the end. */
    private static String fraction(BigDecimal value) {
        String plain = value.stripTrailingZeros().toPlainString();
        int point = plain.indexOf('.');
        return point < 0 ? "" : plain.substring(point + 1);
    }
}
