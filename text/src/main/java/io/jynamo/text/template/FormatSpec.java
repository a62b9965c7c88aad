package io.jynamo.text.template;

import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's format(value, spec) for texts and numbers. */
final class FormatSpec {
    private static final Pattern SPEC =
            Pattern.compile("(?s)(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\\d{1,9})?([,_])?(?:\\.(\\d{1,9}))?(.)?");

    private final Rendering rendering;
    private final String fill;
    private final char align;
    private final char sign;
    private final boolean alternate;
    private final int width;
    private final char grouping;
    private final int precision;
    private final char type;

    private FormatSpec(Rendering rendering, String spec) {
        var matcher = SPEC.matcher(spec);
        if (!matcher.matches()) {
            throw TemplateFailure.value("Invalid format specifier '" + spec + "'");
        }
        this.rendering = rendering;
        var zero = matcher.group(6) != null;
        this.fill = matcher.group(1) != null ? matcher.group(1) : zero && matcher.group(2) == null ? "0" : " ";
        this.align = letter(matcher.group(2), zero ? '=' : 0);
        this.sign = letter(matcher.group(3), '-');
        this.alternate = matcher.group(5) != null;
        this.width = matcher.group(7) == null ? 0 : Integer.parseInt(matcher.group(7));
        this.grouping = letter(matcher.group(8), 0);
        this.precision = matcher.group(9) == null ? -1 : Integer.parseInt(matcher.group(9));
        this.type = letter(matcher.group(10), 0);
    }

    private static char letter(@Nullable String group, int absent) {
        return group == null ? (char) absent : group.charAt(0);
    }

    static String format(Rendering r, @Nullable Object value, String spec) {
        if (spec.isEmpty()) {
            return Representation.text(value);
        }
        if (spec.length() > 100) {
            throw TemplateFailure.value("Invalid format specifier");
        }
        var parsed = new FormatSpec(r, spec);
        if (value instanceof String text) {
            return parsed.text(text);
        }
        var number = value instanceof Undefined ? null : Numbers.find(value);
        if (number == null) {
            throw TemplateFailure.type("unsupported format string passed to " + Types.name(value) + ".__format__");
        }
        return number instanceof Double real ? parsed.real(real) : parsed.integer(Numbers.big(number), value);
    }

    private TemplateFailure unknown(String kind) {
        return TemplateFailure.value("Unknown format code '" + type + "' for object of type '" + kind + "'");
    }

    private String text(String text) {
        if (type != 0 && type != 's') {
            throw unknown("str");
        }
        if (sign != '-' || align == '=') {
            throw TemplateFailure.value("Sign not allowed in string format specifier");
        }
        var shown = precision >= 0 && precision < Text.length(text)
                ? text.substring(0, Text.offset(text, precision))
                : text;
        return pad("", shown, '<');
    }

    private String integer(BigInteger number, @Nullable Object value) {
        if (type != 0 && "eEfFgG%".indexOf(type) >= 0) {
            return real(number.doubleValue());
        }
        if (type == 0 && value instanceof Boolean truth && grouping == 0 && width == 0) {
            return truth ? "1" : "0";
        }
        if (precision >= 0) {
            throw TemplateFailure.value("Precision not allowed in integer format specifier");
        }
        var magnitude = number.abs();
        var digits = switch (type) {
            case 0, 'd', 'n' -> group(Representation.integer(magnitude), 3);
            case 'x' -> group(magnitude.toString(16), 4);
            case 'X' -> group(Text.upper(magnitude.toString(16)), 4);
            case 'o' -> group(magnitude.toString(8), 4);
            case 'b' -> group(magnitude.toString(2), 4);
            case 'c' -> Character.toString(PercentFormat.character(number));
            default -> throw unknown("int");
        };
        var prefix = alternate && "xXob".indexOf(type) >= 0 && type != 0 ? "0" + type : "";
        return pad(signOf(number.signum() < 0) + prefix, digits, '>');
    }

    private String real(double number) {
        var negative = Double.compare(number, 0.0) < 0;
        var magnitude = Math.abs(number);
        rendering.allocate(Math.max(precision, 0) + 400L);
        var body = switch (type) {
            case 0 -> precision < 0 ? FloatText.representation(magnitude) : unnamed(magnitude);
            case 'e', 'E', 'f', 'F', 'g', 'G' ->
                FloatText.format(magnitude, type, precision < 0 ? 6 : precision, alternate);
            case 'n' -> FloatText.format(magnitude, 'g', precision < 0 ? 6 : precision, alternate);
            case '%' -> FloatText.format(magnitude * 100, 'f', precision < 0 ? 6 : precision, alternate) + "%";
            default -> throw unknown("float");
        };
        var whole = 0;
        while (whole < body.length() && Character.isDigit(body.charAt(whole))) {
            whole++;
        }
        return pad(signOf(negative), group(body.substring(0, whole), 3) + body.substring(whole), '>');
    }

    /** No type with a precision: as g, but with at least one digit past the point. */
    private String unnamed(double magnitude) {
        var text = FloatText.format(magnitude, 'g', precision, alternate);
        return text.indexOf('.') < 0 && text.indexOf('e') < 0 && text.matches("\\d+") ? text + ".0" : text;
    }

    private String group(String digits, int every) {
        if (grouping == 0) {
            return digits;
        }
        var size = grouping == ',' ? 3 : every;
        var grouped = new StringBuilder();
        for (int i = 0; i < digits.length(); i++) {
            if (i > 0 && (digits.length() - i) % size == 0) {
                grouped.append(grouping);
            }
            grouped.append(digits.charAt(i));
        }
        return grouped.toString();
    }

    private String signOf(boolean negative) {
        return negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
    }

    private String pad(String prefix, String body, char usual) {
        var missing = Math.max(0, width - prefix.length() - Text.length(body));
        var where = align == 0 ? usual : align;
        return switch (where) {
            case '<' -> Padding.filled(rendering, prefix + body, 0, missing, fill);
            case '^' -> Padding.filled(rendering, prefix + body, missing / 2, missing - missing / 2, fill);
            case '=' -> prefix + Padding.filled(rendering, body, missing, 0, fill);
            default -> Padding.filled(rendering, prefix + body, missing, 0, fill);
        };
    }
}
