package io.jynamo.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's {@code format % values}. */
final class PercentFormat {
    private final Rendering rendering;
    private final String format;
    private final @Nullable Object values;
    private final List<? extends @Nullable Object> positional;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int used;

    private PercentFormat(Rendering rendering, String format, @Nullable Object values) {
        this.rendering = rendering;
        this.format = format;
        this.values = values;
        this.positional = values instanceof Tuple tuple ? tuple : java.util.Collections.singletonList(values);
    }

    static String format(Rendering r, String format, @Nullable Object values) {
        return new PercentFormat(r, format, values).run();
    }

    private String run() {
        while (at < format.length()) {
            var next = format.indexOf('%', at);
            out.append(format, at, next < 0 ? format.length() : next);
            if (next < 0) {
                break;
            }
            at = next + 1;
            rendering.step();
            conversion();
        }
        if (used < positional.size()
                && !(values instanceof Map || (values instanceof List && !(values instanceof Tuple)))
                && !(values instanceof Undefined && used > 0)) {
            throw TemplateFailure.type("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    private char next() {
        if (at >= format.length()) {
            throw TemplateFailure.value("incomplete format");
        }
        return format.charAt(at++);
    }

    private @Nullable Object take() {
        if (used >= positional.size()) {
            throw TemplateFailure.type("not enough arguments for format string");
        }
        return positional.get(used++);
    }

    private void conversion() {
        @Nullable Object named = Arguments.ABSENT;
        var c = next();
        if (c == '(') {
            named = named();
            c = next();
        }
        var flags = new StringBuilder();
        while ("#0- +".indexOf(c) >= 0) {
            flags.append(c);
            c = next();
        }
        at--;
        var width = number();
        var left = flags.indexOf("-") >= 0 || width < 0;
        var precision = -1;
        if (at < format.length() && format.charAt(at) == '.') {
            at++;
            precision = Math.max(0, number());
        }
        c = next();
        if (c == 'l' || c == 'h' || c == 'L') {
            c = next();
        }
        if (c == '%') {
            out.append('%');
            return;
        }
        var value = Types.isAbsent(named) ? take() : named;
        pad(
                convert(c, value, flags.toString(), precision),
                Math.abs(width),
                left,
                flags.indexOf("0") >= 0 && "diufFeEgGxXo".indexOf(c) >= 0);
    }

    private @Nullable Object named() {
        var start = at;
        for (int open = 1; open > 0; ) {
            var c = next();
            open += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        if (!(values instanceof Map<?, ?> dict)) {
            throw TemplateFailure.type("format requires a mapping");
        }
        var key = format.substring(start, at - 1);
        var value = Dicts.find(dict, key);
        if (Types.isAbsent(value)) {
            throw new TemplateFailure("KeyError", Representation.of(key));
        }
        used = positional.size();
        return value;
    }

    private int number() {
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            return Numbers.index(take());
        }
        var value = 0L;
        while (at < format.length() && format.charAt(at) >= '0' && format.charAt(at) <= '9') {
            value = Math.min(value * 10 + format.charAt(at++) - '0', Integer.MAX_VALUE);
        }
        return (int) value;
    }

    /** A sign or prefix, and what zeros may be put before. */
    private record Piece(String prefix, String body) {}

    private Piece convert(char kind, @Nullable Object value, String flags, int precision) {
        return switch (kind) {
            case 's' -> text(Representation.text(value), precision);
            case 'r' -> text(Representation.of(value), precision);
            case 'a' -> text(Representation.ascii(value), precision);
            case 'c' -> new Piece("", character(value));
            case 'd', 'i', 'u' -> integer(kind, whole(value), flags, precision);
            case 'x', 'X', 'o' -> integer(kind, exact(kind, value), flags, precision);
            case 'f', 'F', 'e', 'E', 'g', 'G' -> real(kind, value, flags, precision);
            default ->
                throw TemplateFailure.value("unsupported format character '" + kind + "' (0x"
                        + Integer.toHexString(kind) + ") at index " + (at - 1));
        };
    }

    private static Piece text(String text, int precision) {
        var cut = precision >= 0 && precision < Text.length(text)
                ? text.substring(0, Text.offset(text, precision))
                : text;
        return new Piece("", cut);
    }

    private static String character(@Nullable Object value) {
        if (value instanceof String text && Text.length(text) == 1) {
            return text;
        }
        if (!Numbers.isInteger(value)) {
            throw TemplateFailure.type("%c requires int or char");
        }
        return Character.toString(character(Numbers.big((Number) java.util.Objects.requireNonNull(value))));
    }

    static int character(BigInteger code) {
        if (code.signum() < 0 || code.bitLength() > 21 || code.intValue() > Character.MAX_CODE_POINT) {
            throw new TemplateFailure("OverflowError", "character code not in range(0x110000)");
        }
        return code.intValue();
    }

    private static BigInteger whole(@Nullable Object value) {
        Undefined.refuse(value);
        var number = Numbers.find(value);
        if (number == null) {
            throw TemplateFailure.type("%d format: a real number is required, not " + Types.name(value));
        }
        if (number instanceof Double real) {
            if (real.isNaN() || real.isInfinite()) {
                throw TemplateFailure.value("cannot convert float " + FloatText.representation(real) + " to integer");
            }
            return new BigDecimal(real).toBigInteger();
        }
        return Numbers.big(number);
    }

    private static BigInteger exact(char kind, @Nullable Object value) {
        Undefined.refuse(value);
        var number = Numbers.find(value);
        if (number == null || number instanceof Double) {
            throw TemplateFailure.type("%" + kind + " format: an integer is required, not " + Types.name(value));
        }
        return Numbers.big(number);
    }

    private Piece integer(char kind, BigInteger number, String flags, int precision) {
        var magnitude = number.abs();
        var digits = switch (kind) {
            case 'x' -> magnitude.toString(16);
            case 'X' -> Text.upper(magnitude.toString(16));
            case 'o' -> magnitude.toString(8);
            default -> Representation.integer(magnitude);
        };
        if (precision > digits.length()) {
            rendering.allocate(precision);
            digits = "0".repeat(precision - digits.length()) + digits;
        }
        var prefix = flags.indexOf('#') >= 0 && "xXo".indexOf(kind) >= 0 ? "0" + kind : "";
        return new Piece(sign(number.signum() < 0, flags) + prefix, digits);
    }

    private Piece real(char kind, @Nullable Object value, String flags, int precision) {
        Undefined.refuse(value);
        var number = Numbers.find(value);
        if (number == null) {
            throw TemplateFailure.type("must be real number, not " + Types.name(value));
        }
        rendering.allocate(Math.max(0, precision) + 400L);
        var real = number.doubleValue();
        var body = FloatText.format(Math.abs(real), kind, precision < 0 ? 6 : precision, flags.indexOf('#') >= 0);
        return new Piece(sign(Double.compare(real, 0.0) < 0, flags), body);
    }

    private static String sign(boolean negative, String flags) {
        return negative ? "-" : flags.indexOf('+') >= 0 ? "+" : flags.indexOf(' ') >= 0 ? " " : "";
    }

    private void pad(Piece piece, int width, boolean left, boolean zeros) {
        var missing = Math.max(0, width - piece.prefix.length() - Text.length(piece.body));
        rendering.allocate((long) missing + piece.body.length());
        if (left) {
            out.append(piece.prefix).append(piece.body).repeat(' ', missing);
        } else if (zeros) {
            out.append(piece.prefix).repeat('0', missing).append(piece.body);
        } else {
            out.repeat(' ', missing).append(piece.prefix).append(piece.body);
        }
    }
}
