package io.jynamo.text.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Python's texts of floats: the shortest that reads back, and the e, f and g formats. */
final class FloatText {
    private FloatText() {}

    static String representation(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        var sign = Double.compare(value, 0.0) < 0 ? "-" : "";
        if (value == 0) {
            return sign + "0.0";
        }
        var shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        var single = shortest.round(new MathContext(1, RoundingMode.HALF_EVEN));
        if (shortest.precision() == 2 && single.doubleValue() == Math.abs(value)) {
            shortest = single.stripTrailingZeros(); // Java writes two digits at least, Python may need only one.
        }
        var digits = shortest.unscaledValue().toString();
        var exponent = digits.length() - shortest.scale() - 1;
        if (exponent < -4 || exponent >= 16) {
            return sign + scientific(digits, exponent, 'e');
        }
        var plain = shortest.toPlainString();
        return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
    }

    private static String scientific(String digits, int exponent, char e) {
        var size = Math.abs(exponent);
        return digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + e
                + (exponent < 0 ? '-' : '+')
                + (size < 10 ? "0" : "")
                + size;
    }

    /**
     * A finite magnitude in one of Python's formats.
     *
     * @param kind e, f, g or one of their capitals
     * @param alternate keep the point and the zeros of g
     */
    static String format(double magnitude, char kind, int precision, boolean alternate) {
        if (Double.isNaN(magnitude) || Double.isInfinite(magnitude)) {
            var word = Double.isNaN(magnitude) ? "nan" : "inf";
            return Character.isUpperCase(kind) ? Text.upper(word) : word;
        }
        var exact = new BigDecimal(magnitude);
        return switch (Character.toLowerCase(kind)) {
            case 'f' -> point(exact.setScale(precision, RoundingMode.HALF_EVEN).toPlainString(), alternate);
            case 'e' -> exponential(exact, precision, kind, alternate);
            default -> general(exact, precision == 0 ? 1 : precision, kind, alternate);
        };
    }

    private static String point(String text, boolean alternate) {
        return alternate && text.indexOf('.') < 0 ? text + "." : text;
    }

    private static String digits(BigDecimal rounded, int count) {
        var digits = rounded.unscaledValue().toString();
        return digits.length() >= count ? digits.substring(0, count) : digits + "0".repeat(count - digits.length());
    }

    private static BigDecimal round(BigDecimal exact, int digits) {
        return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    private static int exponent(BigDecimal value) {
        return value.signum() == 0 ? 0 : value.precision() - value.scale() - 1;
    }

    private static String exponential(BigDecimal exact, int precision, char kind, boolean alternate) {
        var rounded = round(exact, precision + 1);
        var text =
                scientific(digits(rounded, precision + 1), exponent(rounded), Character.isUpperCase(kind) ? 'E' : 'e');
        return alternate && precision == 0 ? text.charAt(0) + "." + text.substring(1) : text;
    }

    private static String general(BigDecimal exact, int precision, char kind, boolean alternate) {
        var rounded = round(exact, precision);
        var exponent = exponent(rounded);
        if (exponent < -4 || exponent >= precision) {
            var digits = digits(rounded, precision);
            return scientific(
                    alternate ? digits : trimZeros(digits), exponent, Character.isUpperCase(kind) ? 'E' : 'e');
        }
        var fixed = rounded.setScale(Math.max(0, precision - 1 - exponent), RoundingMode.HALF_EVEN)
                .toPlainString();
        return alternate ? point(fixed, true) : fixed.indexOf('.') < 0 ? fixed : trimZeros(fixed);
    }

    private static String trimZeros(String text) {
        var end = text.length();
        while (end > 1 && text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }
}
