package io.jynamo.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters that make numbers. */
final class NumberFilters {
    private static final String[] UNITS = {"k", "M", "G", "T", "P", "E", "Z", "Y"};

    private NumberFilters() {}

    static void register(Map<String, FilterTable.Filter> filters) {
        filters.put("int", NumberFilters::integer);
        filters.put("float", NumberFilters::real);
        filters.put("abs", NumberFilters::magnitude);
        filters.put("round", NumberFilters::round);
        filters.put("sum", NumberFilters::sum);
        filters.put("filesizeformat", NumberFilters::fileSize);
    }

    private static @Nullable Object integer(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_int", 0, "default", "base");
        var fallback = Arguments.or(bound[0], 0L);
        Undefined.refuse(value);
        if (value instanceof String text) {
            var whole = Numbers.parseInteger(text, Arguments.integer(bound[1], 10));
            if (whole != null) {
                return whole;
            }
            var real = Numbers.parseFloat(text);
            return real == null || real.isNaN() || real.isInfinite() ? fallback : truncate(real);
        }
        var number = Numbers.find(value);
        if (number instanceof Double real) {
            return real.isNaN() || real.isInfinite() ? fallback : truncate(real);
        }
        return number == null ? fallback : number;
    }

    private static Number truncate(double value) {
        return Numbers.canonical(new BigDecimal(value).toBigInteger());
    }

    private static @Nullable Object real(Rendering r, @Nullable Object value, Arguments arguments) {
        var fallback = Arguments.or(arguments.bind("do_float", 0, "default")[0], 0.0);
        Undefined.refuse(value);
        var number = value instanceof String text ? Numbers.parseFloat(text) : Numbers.find(value);
        return number == null ? fallback : (Object) number.doubleValue();
    }

    private static Object magnitude(Rendering r, @Nullable Object value, Arguments arguments) {
        arguments.bind("abs", 0);
        var number = value instanceof Undefined ? null : Numbers.find(value);
        if (number == null) {
            throw TemplateFailure.type("bad operand type for abs(): '" + Types.name(value) + "'");
        }
        return number instanceof Double real
                ? (Object) Math.abs(real)
                : Numbers.canonical(Numbers.big(number).abs());
    }

    private static Object round(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_round", 0, "precision", "method");
        var precision = Arguments.integer(bound[0], 0);
        var method = Arguments.or(bound[1], "common");
        var number = value instanceof Undefined ? null : Numbers.find(value);
        if (!"common".equals(method) && !"ceil".equals(method) && !"floor".equals(method)) {
            throw FilterTable.badArgument("method must be common, ceil or floor");
        }
        if (number == null) {
            throw TemplateFailure.type("type " + Types.name(value) + " doesn't define __round__ method");
        }
        if ("common".equals(method)) {
            return number instanceof Double real
                    ? (Object) nearest(real, precision)
                    : nearest(Numbers.big(number), precision);
        }
        var scale = precision >= 0
                ? (Object) BigInteger.TEN.pow(Math.min(precision, 400))
                : (Object) Math.pow(10, precision);
        var scaled =
                java.util.Objects.requireNonNull(Numbers.find(Arithmetic.apply(r, Operator.MULTIPLY, number, scale)));
        if (Numbers.isNaN(scaled) || Double.isInfinite(scaled.doubleValue())) {
            throw new TemplateFailure("OverflowError", "cannot convert float infinity to integer");
        }
        var exact = scaled instanceof Double real ? new BigDecimal(real) : new BigDecimal(Numbers.big(scaled));
        var whole = exact.setScale(0, "ceil".equals(method) ? RoundingMode.CEILING : RoundingMode.FLOOR);
        return java.util.Objects.requireNonNull(
                Arithmetic.apply(r, Operator.DIVIDE, Numbers.canonical(whole.toBigInteger()), scale));
    }

    private static double nearest(double value, int precision) {
        if (Double.isNaN(value) || Double.isInfinite(value) || value == 0 || precision > 330) {
            return value;
        }
        if (precision < -310) {
            return Math.copySign(0.0, value);
        }
        var rounded = new BigDecimal(value)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .doubleValue();
        return rounded == 0 ? Math.copySign(0.0, value) : rounded;
    }

    private static Number nearest(BigInteger value, int precision) {
        if (precision >= 0) {
            return Numbers.canonical(value);
        }
        if (precision < -20_000) {
            return 0L;
        }
        return Numbers.canonical(new BigDecimal(value)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toBigInteger());
    }

    private static @Nullable Object sum(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_sum", 0, "attribute", "start");
        var path = FilterTable.Path.of(bound[0], null, false);
        var total = Arguments.or(bound[1], 0L);
        if (total instanceof String) {
            throw TemplateFailure.type("sum() can't sum strings [use ''.join(seq) instead]");
        }
        var elements = Sequences.iterator(r, value);
        while (elements.hasNext()) {
            r.step();
            total = Arithmetic.apply(r, Operator.ADD, total, path.of(r, elements.next()));
        }
        return total;
    }

    private static Object fileSize(Rendering r, @Nullable Object value, Arguments arguments) {
        var binary = Arguments.truth(arguments.bind("do_filesizeformat", 0, "binary")[0], false);
        Undefined.refuse(value);
        var number = value instanceof String text ? Numbers.parseFloat(text) : Numbers.find(value);
        if (number == null) {
            throw TemplateFailure.value("could not convert to float: " + Representation.of(value));
        }
        var size = number.doubleValue();
        var base = binary ? 1024.0 : 1000.0;
        if (size == 1) {
            return "1 Byte";
        }
        if (size < base) {
            return Representation.of(truncate(size)) + " Bytes";
        }
        var unit = base;
        for (int i = 0; i < UNITS.length; i++) {
            unit *= base;
            if (size < unit || i == UNITS.length - 1) {
                var prefix = binary ? Text.upper(UNITS[i]) + "iB" : UNITS[i] + "B";
                return FloatText.format(base * size / unit, 'f', 1, false) + " " + prefix;
            }
        }
        throw new IllegalStateException("no unit");
    }
}
