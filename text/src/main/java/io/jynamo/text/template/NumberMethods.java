package io.jynamo.text.template;

import org.jspecify.annotations.Nullable;

/** The few attributes of Python's numbers that templates could want. */
final class NumberMethods {
    private NumberMethods() {}

    static @Nullable Object find(Object self, String name) {
        var number = Numbers.find(self);
        if (number == null) {
            return Arguments.ABSENT;
        }
        return switch (name) {
            case "real" -> number;
            case "imag" -> number instanceof Double ? (Object) 0.0 : (Object) 0L;
            case "is_integer" ->
                number instanceof Double d
                        ? (Invocable) (r, a) -> !d.isInfinite() && d == Math.rint(d)
                        : Arguments.ABSENT;
            case "bit_length" ->
                number instanceof Double
                        ? Arguments.ABSENT
                        : (Invocable) (r, a) -> (long) Numbers.big(number).abs().bitLength();
            default -> Arguments.ABSENT;
        };
    }
}
