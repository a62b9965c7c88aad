package io.jynamo.text.grammar.schema;

import static io.jynamo.text.grammar.automaton.Expression.choice;
import static io.jynamo.text.grammar.automaton.Expression.literal;
import static io.jynamo.text.grammar.automaton.Expression.optional;
import static io.jynamo.text.grammar.automaton.Expression.repeat;
import static io.jynamo.text.grammar.automaton.Expression.sequence;

import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Graph;
import io.jynamo.text.grammar.automaton.Products;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Numbers of a schema. Integers are written without fraction and exponent; numbers with limits or a step without exponent. Steps are whole
 * numbers up to {@link #MAX_STEP}, or 0.1, 0.01 and so on.
 */
final class Numbers {
    static final int MAX_STEP = 10_000;

    private Numbers() {}

    static Expression integers(List<SchemaAt> schemas) {
        return integers(Bounds.of(schemas), wholeStep(schemas));
    }

    private static Expression integers(Bounds bounds, BigInteger step) {
        var least = bounds.least();
        var greatest = bounds.greatest();
        Expression all;
        if (least.isEmpty() && greatest.isEmpty()) {
            all = step.equals(BigInteger.ONE) ? Json.INTEGER : sequence(optional(literal("-")), Digits.WHOLE);
        } else {
            var positive = naturals(least.map(BigInteger.ZERO::max).orElse(BigInteger.ZERO), greatest);
            var from = greatest.map(BigInteger::negate).map(BigInteger.ONE::max).orElse(BigInteger.ONE);
            var negative = sequence(literal("-"), naturals(from, least.map(BigInteger::negate)));
            all = choice(positive, negative);
        }
        return step.equals(BigInteger.ONE)
                ? all
                : Products.intersection(all, new Expression.Embedded(Graph.multiplesOf(step.intValueExact())));
    }

    private static Expression naturals(BigInteger from, Optional<BigInteger> to) {
        if (to.isPresent() && to.get().compareTo(from) < 0) {
            return Expression.NOTHING;
        }
        var above = Digits.wholeFrom(from.toString(), true);
        return to.map(limit -> Products.intersection(above, Digits.wholeTo(limit.toString(), true)))
                .orElse(above);
    }

    static Expression numbers(List<SchemaAt> schemas) {
        var bounds = Bounds.of(schemas);
        int places = Expression.UNBOUNDED;
        boolean whole = false;
        for (SchemaAt schema : schemas) {
            var step = step(schema);
            if (step.isPresent() && isTenth(step.get())) {
                int digits = step.get().scale();
                places = places == Expression.UNBOUNDED ? digits : Math.min(places, digits);
            } else if (step.isPresent() && Values.isInteger(step.get())) {
                whole = true;
            } else if (step.isPresent()) {
                throw schema.unsupported("multipleOf", "a step that is neither whole nor 0.1, 0.01 and so on");
            }
        }
        if (whole) {
            return integers(bounds, wholeStep(schemas));
        }
        if (bounds.none()) {
            return places == Expression.UNBOUNDED ? Json.NUMBER : sequence(optional(literal("-")), rounded(places));
        }
        return within(bounds, places);
    }

    private static Expression within(Bounds bounds, int places) {
        var options = new ArrayList<Expression>();
        var lower = bounds.lower().filter(bound -> bound.value().signum() >= 0).orElse(Bounds.ZERO);
        if (bounds.upper().map(bound -> bound.value().signum() >= 0).orElse(true)) {
            options.add(decimals(lower, bounds.upper(), places));
        }
        if (bounds.lower().map(bound -> bound.value().signum() < 0).orElse(true)) {
            var least = bounds.upper()
                    .map(Bounds.Bound::negated)
                    .filter(bound -> bound.value().signum() >= 0)
                    .orElse(Bounds.ZERO);
            options.add(sequence(literal("-"), decimals(least, bounds.lower().map(Bounds.Bound::negated), places)));
        }
        return choice(options);
    }

    private static Expression decimals(Bounds.Bound from, Optional<Bounds.Bound> to, int places) {
        var language = Digits.from(from);
        if (to.isPresent()) {
            language = Products.intersection(language, Digits.to(to.get()));
        }
        return places == Expression.UNBOUNDED ? language : Products.intersection(language, rounded(places));
    }

    private static Expression rounded(int places) {
        return sequence(Digits.WHOLE, optional(sequence(literal("."), repeat(Digits.DIGIT, 1, places))));
    }

    private static boolean isTenth(BigDecimal step) {
        return step.scale() > 0 && step.unscaledValue().equals(BigInteger.ONE);
    }

    private static Optional<BigDecimal> step(SchemaAt schema) {
        var step = schema.number("multipleOf").map(BigDecimal::stripTrailingZeros);
        if (step.isPresent() && step.get().signum() <= 0) {
            throw schema.invalid("multipleOf", "must be more than 0");
        }
        return step;
    }

    /** The whole number of which integers must be multiples: the least common one of all steps, each as a fraction's numerator. */
    private static BigInteger wholeStep(List<SchemaAt> schemas) {
        var common = BigInteger.ONE;
        for (SchemaAt schema : schemas) {
            var step = step(schema);
            if (step.isPresent()) {
                var numerator = step.get().unscaledValue();
                if (step.get().scale() > 0) {
                    numerator = numerator.divide(
                            numerator.gcd(BigInteger.TEN.pow(step.get().scale())));
                } else {
                    numerator = step.get().toBigIntegerExact();
                }
                common = common.divide(common.gcd(numerator)).multiply(numerator);
                if (common.compareTo(BigInteger.valueOf(MAX_STEP)) > 0) {
                    throw schema.unsupported("multipleOf", "a step of more than " + MAX_STEP);
                }
            }
        }
        return common;
    }
}
