package io.jynamo.text.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's arithmetic operators over template values. */
final class Arithmetic {
    /** Beyond these a product or power is refused: no prompt needs them and they can take for ever. */
    private static final int LONGEST_BITS = 1 << 16;

    private Arithmetic() {}

    static @Nullable Object apply(Rendering r, Operator operator, @Nullable Object left, @Nullable Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return longs(r, operator, a, b);
        }
        if (left instanceof Markup || right instanceof Markup) {
            return Markup.apply(r, operator, left, right);
        }
        if (operator == Operator.REMAINDER && left instanceof String format) {
            return r.allocated(PercentFormat.format(r, format, right));
        }
        Undefined.refuse(left);
        Undefined.refuse(right);
        if (operator == Operator.ADD && !(left instanceof Number)) {
            var joined = add(r, left, right);
            if (joined != null) {
                return joined;
            }
        }
        if (operator == Operator.MULTIPLY) {
            var repeated = repeat(r, left, right);
            if (repeated != null) {
                return repeated;
            }
        }
        var a = Numbers.find(left);
        var b = Numbers.find(right);
        if (a == null || b == null) {
            throw TemplateFailure.type("unsupported operand type(s) for " + operator.pythonName() + ": '"
                    + Types.name(left) + "' and '" + Types.name(right) + "'");
        }
        if (a instanceof Double || b instanceof Double) {
            return doubles(operator, a.doubleValue(), b.doubleValue());
        }
        return bigs(r, operator, Numbers.big(a), Numbers.big(b));
    }

    private static @Nullable Object longs(Rendering r, Operator operator, long a, long b) {
        switch (operator) {
            case ADD -> {
                var sum = a + b;
                if (((a ^ sum) & (b ^ sum)) >= 0) {
                    return sum;
                }
            }
            case SUBTRACT -> {
                var difference = a - b;
                if (((a ^ b) & (a ^ difference)) >= 0) {
                    return difference;
                }
            }
            case FLOOR_DIVIDE -> {
                if (b != 0 && b != -1) {
                    return Math.floorDiv(a, b);
                }
            }
            case REMAINDER -> {
                if (b != 0) {
                    return Math.floorMod(a, b);
                }
            }
            case MULTIPLY, DIVIDE, POWER -> {}
        }
        return bigs(r, operator, BigInteger.valueOf(a), BigInteger.valueOf(b));
    }

    private static Object bigs(Rendering r, Operator operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case ADD -> Numbers.canonical(a.add(b));
            case SUBTRACT -> Numbers.canonical(a.subtract(b));
            case MULTIPLY -> Numbers.canonical(product(r, a, b));
            case DIVIDE -> quotient(a, b);
            case FLOOR_DIVIDE -> Numbers.canonical(floor(r, a, b)[0]);
            case REMAINDER -> Numbers.canonical(floor(r, a, b)[1]);
            case POWER -> power(r, a, b);
        };
    }

    private static BigInteger product(Rendering r, BigInteger a, BigInteger b) {
        bounded((long) a.bitLength() + b.bitLength());
        r.steps(((long) (a.bitLength() >> 6) * (b.bitLength() >> 6)) >> 4);
        return a.multiply(b);
    }

    private static void bounded(long bits) {
        if (bits > LONGEST_BITS) {
            throw TemplateFailure.limit("a number has more than " + LONGEST_BITS + " bits");
        }
    }

    private static BigInteger[] floor(Rendering r, BigInteger a, BigInteger b) {
        if (b.signum() == 0) {
            throw new TemplateFailure("ZeroDivisionError", "integer division or modulo by zero");
        }
        r.steps(((long) (a.bitLength() >> 6) * (b.bitLength() >> 6)) >> 4);
        var parts = a.divideAndRemainder(b);
        return parts[1].signum() != 0 && parts[1].signum() != b.signum()
                ? new BigInteger[] {parts[0].subtract(BigInteger.ONE), parts[1].add(b)}
                : parts;
    }

    private static Object quotient(BigInteger a, BigInteger b) {
        if (b.signum() == 0) {
            throw new TemplateFailure("ZeroDivisionError", "division by zero");
        }
        if (a.bitLength() <= 53 && b.bitLength() <= 53) {
            return a.doubleValue() / b.doubleValue();
        }
        var value = new java.math.BigDecimal(a)
                .divide(new java.math.BigDecimal(b), new java.math.MathContext(800))
                .doubleValue();
        if (Double.isInfinite(value)) {
            throw new TemplateFailure("OverflowError", "integer division result too large for a float");
        }
        return value;
    }

    private static Object power(Rendering r, BigInteger a, BigInteger b) {
        if (b.signum() < 0) {
            return doubles(Operator.POWER, a.doubleValue(), b.doubleValue());
        }
        if (a.bitLength() <= 1 && a.abs().compareTo(BigInteger.ONE) <= 0) {
            return Numbers.canonical(b.signum() == 0 || (a.signum() < 0 && !b.testBit(0)) ? BigInteger.ONE : a);
        }
        bounded(b.bitLength() > 31 ? Long.MAX_VALUE : a.bitLength() * b.longValue());
        r.steps(b.bitLength() * 64L);
        return Numbers.canonical(a.pow(b.intValue()));
    }

    private static Object doubles(Operator operator, double a, double b) {
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> {
                nonZero(b, "float division by zero");
                yield a / b;
            }
            case FLOOR_DIVIDE -> {
                nonZero(b, "float floor division by zero");
                var remainder = remainder(a, b);
                yield roundedQuotient((a - remainder) / b, a / b);
            }
            case REMAINDER -> {
                nonZero(b, "float modulo");
                yield remainder(a, b);
            }
            case POWER -> floatPower(a, b);
        };
    }

    private static double roundedQuotient(double exact, double signed) {
        if (exact == 0) {
            return Math.copySign(0.0, signed);
        }
        var floor = Math.floor(exact);
        return exact - floor > 0.5 ? floor + 1 : floor;
    }

    private static double remainder(double a, double b) {
        var remainder = a % b;
        if (remainder == 0) {
            return Math.copySign(0.0, b);
        }
        return (remainder < 0) != (b < 0) ? remainder + b : remainder;
    }

    private static double floatPower(double a, double b) {
        if (a == 0 && b < 0) {
            throw new TemplateFailure("ZeroDivisionError", "0.0 cannot be raised to a negative power");
        }
        var value = Math.pow(a, b);
        if (Double.isNaN(value) && !Double.isNaN(a) && !Double.isNaN(b)) {
            throw TemplateFailure.value("complex numbers are not supported in templates");
        }
        if (Double.isInfinite(value) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
            throw new TemplateFailure("OverflowError", "(34, 'Numerical result out of range')");
        }
        return a == 1 ? 1.0 : value;
    }

    private static void nonZero(double divisor, String message) {
        if (divisor == 0) {
            throw new TemplateFailure("ZeroDivisionError", message);
        }
    }

    private static @Nullable Object add(Rendering r, @Nullable Object left, @Nullable Object right) {
        if (left instanceof String a) {
            if (right instanceof String b) {
                r.allocate((long) a.length() + b.length());
                return a.concat(b);
            }
            throw TemplateFailure.type("can only concatenate str (not \"" + Types.name(right) + "\") to str");
        }
        if (left instanceof List<?> a && !(left instanceof Range)) {
            if (right instanceof List<?> b && Types.name(left).equals(Types.name(right))) {
                r.elements((long) a.size() + b.size());
                List<@Nullable Object> sum = new ArrayList<>(a.size() + b.size());
                sum.addAll(a);
                sum.addAll(b);
                return left instanceof Tuple ? Tuple.copyOf(sum) : sum;
            }
            throw TemplateFailure.type("can only concatenate " + Types.name(left) + " (not \"" + Types.name(right)
                    + "\") to " + Types.name(left));
        }
        return null;
    }

    private static @Nullable Object repeat(Rendering r, @Nullable Object left, @Nullable Object right) {
        var leftRepeats = left instanceof String || left instanceof List;
        var text = leftRepeats ? left : right;
        var times = leftRepeats ? right : left;
        if (text instanceof Range || !(text instanceof String || text instanceof List)) {
            return null;
        }
        if (!(times instanceof Boolean || Numbers.isInteger(times))) {
            throw TemplateFailure.type("can't multiply sequence by non-int of type '" + Types.name(times) + "'");
        }
        var count = Math.max(0, Numbers.index(times));
        if (text instanceof String string) {
            r.allocate((long) string.length() * count);
            return string.repeat(count);
        }
        var list = (List<?>) text;
        r.elements((long) list.size() * count);
        List<@Nullable Object> repeated = new ArrayList<>(list.size() * count);
        for (int i = 0; i < count && !list.isEmpty(); i++) {
            repeated.addAll(list);
        }
        return text instanceof Tuple ? Tuple.copyOf(repeated) : repeated;
    }

    static Object negate(@Nullable Object value) {
        var number = unary(value, "-");
        return number instanceof Double d
                ? (Object) (-d)
                : Numbers.canonical(Numbers.big(number).negate());
    }

    static Object plus(@Nullable Object value) {
        return unary(value, "+");
    }

    private static Number unary(@Nullable Object value, String operator) {
        Undefined.refuse(value);
        var number = Numbers.find(value);
        if (number == null) {
            throw TemplateFailure.type("bad operand type for unary " + operator + ": '" + Types.name(value) + "'");
        }
        return number;
    }
}
