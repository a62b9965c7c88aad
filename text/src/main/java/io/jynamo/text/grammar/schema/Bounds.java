package io.jynamo.text.grammar.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;

/** Between what numbers must lie. */
record Bounds(Optional<Bound> lower, Optional<Bound> upper) {
    /** A limit, itself allowed or not. */
    record Bound(BigDecimal value, boolean inclusive) {
        Bound negated() {
            return new Bound(value.negate(), inclusive);
        }
    }

    static final Bound ZERO = new Bound(BigDecimal.ZERO, true);

    static Bounds of(List<SchemaAt> schemas) {
        Optional<Bound> lower = Optional.empty();
        Optional<Bound> upper = Optional.empty();
        for (SchemaAt schema : schemas) {
            for (boolean inclusive : new boolean[] {true, false}) {
                var least = schema.number(inclusive ? "minimum" : "exclusiveMinimum");
                if (least.isPresent()) {
                    lower = Optional.of(greater(lower, new Bound(least.get(), inclusive)));
                }
                var most = schema.number(inclusive ? "maximum" : "exclusiveMaximum");
                if (most.isPresent()) {
                    upper = Optional.of(greater(upper.map(Bound::negated), new Bound(most.get(), inclusive).negated())
                            .negated());
                }
            }
        }
        return new Bounds(lower, upper);
    }

    /** Of two lower limits the one that lets less through. */
    private static Bound greater(Optional<Bound> known, Bound other) {
        if (known.isEmpty()) {
            return other;
        }
        int order = known.get().value.compareTo(other.value);
        return order > 0 || (order == 0 && !known.get().inclusive) ? known.get() : other;
    }

    boolean none() {
        return lower.isEmpty() && upper.isEmpty();
    }

    boolean contain(BigDecimal value) {
        int above = lower.map(bound -> value.compareTo(bound.value)).orElse(1);
        int below = upper.map(bound -> bound.value.compareTo(value)).orElse(1);
        return (above > 0 || (above == 0 && lower.map(Bound::inclusive).orElse(true)))
                && (below > 0 || (below == 0 && upper.map(Bound::inclusive).orElse(true)));
    }

    /** The least integer allowed. */
    Optional<BigInteger> least() {
        return lower.map(Bounds::leastAbove);
    }

    Optional<BigInteger> greatest() {
        return upper.map(bound -> leastAbove(bound.negated()).negate());
    }

    private static BigInteger leastAbove(Bound bound) {
        BigInteger ceiling = bound.value.setScale(0, RoundingMode.CEILING).toBigInteger();
        boolean excluded = !bound.inclusive && Values.isInteger(bound.value);
        return excluded ? ceiling.add(BigInteger.ONE) : ceiling;
    }
}
