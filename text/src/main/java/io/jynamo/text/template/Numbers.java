package io.jynamo.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Python's integers (Long, or BigInteger past 64 bits) and floats. */
final class Numbers {
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger GREATEST = BigInteger.valueOf(Long.MAX_VALUE);

    private Numbers() {}

    /** A whole number as Long where it fits. */
    static Number canonical(BigInteger value) {
        return value.compareTo(LEAST) >= 0 && value.compareTo(GREATEST) <= 0 ? (Number) value.longValue() : value;
    }

    /** A number or bool as Long, BigInteger or Double; null if {@code value} is neither. */
    static @Nullable Number find(@Nullable Object value) {
        return switch (value) {
            case Long number -> number;
            case Double number -> number;
            case Boolean truth -> truth ? 1L : 0L;
            case BigInteger number -> canonical(number);
            case BigDecimal number -> number.doubleValue();
            case Float number -> number.doubleValue();
            case Number number -> number.longValue();
            case null, default -> null;
        };
    }

    static boolean isFloat(@Nullable Object value) {
        return value instanceof Double || value instanceof Float || value instanceof BigDecimal;
    }

    static boolean isInteger(@Nullable Object value) {
        return value instanceof Number && !isFloat(value);
    }

    static BigInteger big(Number value) {
        return value instanceof BigInteger big ? big : BigInteger.valueOf(value.longValue());
    }

    /** A value that must be an integer, bounded to what can index or size anything here. */
    static int index(@Nullable Object value) {
        Undefined.refuse(value);
        var number = find(value);
        if (number == null || number instanceof Double) {
            throw TemplateFailure.type("'" + Types.name(value) + "' object cannot be interpreted as an integer");
        }
        var bounded =
                big(number).max(BigInteger.valueOf(-Integer.MAX_VALUE)).min(BigInteger.valueOf(Integer.MAX_VALUE));
        return bounded.intValue();
    }

    static int compare(Number left, Number right) {
        if (left instanceof Long a && right instanceof Long b) {
            return a.compareTo(b);
        }
        if (left instanceof Double a && right instanceof Double b) {
            return a.doubleValue() == b.doubleValue() ? 0 : Double.compare(a, b);
        }
        if (infinite(left) || infinite(right)) {
            return Double.compare(left.doubleValue(), right.doubleValue());
        }
        return decimal(left).compareTo(decimal(right));
    }

    static boolean isNaN(Number value) {
        return value instanceof Double number && number.isNaN();
    }

    private static boolean infinite(Number value) {
        return value instanceof Double number && (number.isInfinite() || number.isNaN());
    }

    private static BigDecimal decimal(Number value) {
        return value instanceof Double number ? new BigDecimal(number) : new BigDecimal(big(value));
    }

    /** Digits of every script count. */
    private static String asciiDigits(String text) {
        if (text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        var digits = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Character.isDigit(c)) {
                digits.append(Character.digit(c, 10));
            } else {
                digits.appendCodePoint(c);
            }
        });
        return digits.toString();
    }

    /** int(text, base); null if the text is no integer. */
    static @Nullable Number parseInteger(String text, int base) {
        var trimmed = asciiDigits(Text.strip(text, null, true, true));
        var negative = trimmed.startsWith("-");
        var digits = negative || trimmed.startsWith("+") ? trimmed.substring(1) : trimmed;
        var radix = base;
        var prefixed = digits.length() > 2 && digits.charAt(0) == '0'
                ? switch (Character.toLowerCase(digits.charAt(1))) {
                    case 'x' -> 16;
                    case 'o' -> 8;
                    case 'b' -> 2;
                    default -> 0;
                }
                : 0;
        if (prefixed != 0 && (base == 0 || base == prefixed)) {
            radix = prefixed;
            digits = digits.substring(2);
        } else if (base == 0) {
            radix = 10;
        }
        if (!digits.matches("[0-9A-Za-z]++(?:_[0-9A-Za-z]++)*+") || digits.length() > 4300 || radix < 2 || radix > 36) {
            return null;
        }
        try {
            var value = new BigInteger(digits.replace("_", ""), radix);
            return canonical(negative ? value.negate() : value);
        } catch (NumberFormatException _) {
            return null;
        }
    }

    /** float(text); null if the text is no number. */
    static @Nullable Double parseFloat(String text) {
        var trimmed = asciiDigits(Text.strip(text, null, true, true)).toLowerCase(java.util.Locale.ROOT);
        if (trimmed.matches("[+-]?(?:inf|infinity)")) {
            return trimmed.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (trimmed.matches("[+-]?nan")) {
            return Double.NaN;
        }
        if (trimmed.length() > 4300 || !trimmed.matches("[+-]?(?:[0-9_]+\\.?[0-9_]*|\\.[0-9_]+)(?:e[+-]?[0-9_]+)?")) {
            return null;
        }
        if (trimmed.indexOf('_') >= 0 && !trimmed.matches("(?:[^_]|(?<=[0-9])_(?=[0-9]))+")) {
            return null;
        }
        return Double.valueOf(trimmed.replace("_", ""));
    }
}
