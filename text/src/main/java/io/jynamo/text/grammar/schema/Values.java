package io.jynamo.text.grammar.schema;

import static io.jynamo.text.grammar.automaton.Expression.choice;
import static io.jynamo.text.grammar.automaton.Expression.literal;
import static io.jynamo.text.grammar.automaton.Expression.sequence;

import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Refusal;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON values as a parser gives them: null, Boolean, Number, String, List, Map. */
final class Values {
    private static final int MAX_DIGITS = 1000;

    private Values() {}

    static BigDecimal decimal(Number number) {
        try {
            var value = new BigDecimal(number.toString());
            if (Math.abs((long) value.precision() - value.scale()) > MAX_DIGITS
                    || Math.abs((long) value.scale()) > MAX_DIGITS) {
                throw Refusal.invalid("the number " + number + " has more than " + MAX_DIGITS + " digits");
            }
            return value;
        } catch (NumberFormatException e) {
            throw Refusal.invalid("a number in the schema is " + number);
        }
    }

    static boolean isInteger(BigDecimal value) {
        return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
    }

    /** JSON Schema's equality: numbers by value. */
    static boolean same(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return decimal(x).compareTo(decimal(y)) == 0;
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            if (x.size() != y.size()) {
                return false;
            }
            for (int i = 0; i < x.size(); i++) {
                if (!same(x.get(i), y.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.size() == y.size()
                    && x.entrySet().stream()
                            .allMatch(e -> y.containsKey(e.getKey()) && same(e.getValue(), y.get(e.getKey())));
        }
        return a == null ? b == null : a.equals(b);
    }

    /** How a model may write the value: members in this order, strings in their ordinary form. */
    static Expression text(@Nullable Object value, Json json) {
        return switch (value) {
            case null -> literal("null");
            case Boolean truth -> literal(truth.toString());
            case String text -> sequence(literal("\""), JsonEncoding.INSTANCE.text(text), literal("\""));
            case Number number -> number(decimal(number));
            case List<?> list -> {
                var elements = new ArrayList<Expression.Member>();
                list.forEach(element -> elements.add(new Expression.Member(text(element, json), true)));
                yield json.bracketed(new Expression.Members(elements, Expression.NOTHING, json.comma()));
            }
            case Map<?, ?> map -> {
                var members = new ArrayList<Expression.Member>();
                map.forEach((key, member) -> members.add(
                        new Expression.Member(sequence(text(key, json), json.colon(), text(member, json)), true)));
                yield json.braced(new Expression.Members(members, Expression.NOTHING, json.comma()));
            }
            default -> throw Refusal.invalid("a value in the schema is no JSON: " + value.getClass());
        };
    }

    private static Expression number(BigDecimal value) {
        if (isInteger(value)) {
            String whole = value.toBigInteger().toString();
            return choice(literal(whole), literal(whole + ".0"));
        }
        return literal(value.stripTrailingZeros().toPlainString());
    }
}
