package io.jynamo.text.template;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's str() and repr() of values. */
final class Representation {
    private static final int DEEPEST = 300;
    /** Chars one representation may have: shared parts can make a small value huge to write. */
    private static final int LONGEST = 16 << 20;

    private static final BigInteger LONGEST_INTEGER = BigInteger.TEN.pow(4300);

    private final StringBuilder out = new StringBuilder();

    private Representation() {}

    /** str(value). */
    static String text(@Nullable Object value) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            case Long number -> Long.toString(number);
            case Undefined _ -> "";
            case null, default -> of(value);
        };
    }

    /** repr(value). */
    static String of(@Nullable Object value) {
        var representation = new Representation();
        representation.write(value, 0);
        return representation.out.toString();
    }

    private void write(@Nullable Object value, int depth) {
        if (depth > DEEPEST) {
            throw new TemplateFailure("RecursionError", "maximum recursion depth exceeded while getting the repr");
        }
        if (out.length() > LONGEST) {
            throw TemplateFailure.limit("a value written out is longer than " + LONGEST + " chars");
        }
        switch (value) {
            case null -> out.append("None");
            case Boolean truth -> out.append(truth ? "True" : "False");
            case String text -> quote(text);
            case Markup markup -> {
                out.append("Markup(");
                quote(markup.text());
                out.append(')');
            }
            case BigInteger number -> out.append(integer(number));
            case Number number
            when Numbers.isFloat(number) -> out.append(FloatText.representation(number.doubleValue()));
            case Number number -> out.append(number.longValue());
            case Tuple tuple -> writeAll(tuple.iterator(), "(", tuple.size() == 1 ? ",)" : ")", depth);
            case Range range -> out.append(range.representation());
            case List<?> list -> writeAll(list.iterator(), "[", "]", depth);
            case Map<?, ?> dict -> writeDict(dict, depth);
            case DictView view -> writeAll(view.iterator(), view.kind().typeName() + "([", "])", depth);
            case Undefined _ -> out.append("Undefined");
            case Namespace namespace -> {
                out.append("<Namespace ");
                writeDict(namespace.attributes(), depth + 1);
                out.append('>');
            }
            case Macro macro -> out.append("<Macro ").append(of(macro.name())).append('>');
            case Loop loop -> out.append(loop);
            default -> out.append('<').append(Types.name(value)).append(" object>");
        }
    }

    static String integer(BigInteger number) {
        if (number.abs().compareTo(LONGEST_INTEGER) >= 0) {
            throw TemplateFailure.value("Exceeds the limit (4300 digits) for integer string conversion");
        }
        return number.toString();
    }

    private void writeAll(Iterator<?> elements, String open, String close, int depth) {
        out.append(open);
        for (var separator = ""; elements.hasNext(); separator = ", ") {
            out.append(separator);
            write(elements.next(), depth + 1);
        }
        out.append(close);
    }

    private void writeDict(Map<?, ?> dict, int depth) {
        out.append('{');
        var separator = "";
        for (var entry : dict.entrySet()) {
            out.append(separator);
            write(entry.getKey(), depth + 1);
            out.append(": ");
            write(entry.getValue(), depth + 1);
            separator = ", ";
        }
        out.append('}');
    }

    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    private void quote(String text) {
        var quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < text.length(); ) {
            var c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(escape(c));
                    }
                }
            }
        }
        out.append(quote);
    }

    private static String escape(int c) {
        return c < 0x100
                ? String.format("\\x%02x", c)
                : c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
    }

    /** ascii(value). */
    static String ascii(@Nullable Object value) {
        var plain = of(value);
        var escaped = new StringBuilder(plain.length());
        plain.codePoints().forEach(c -> {
            if (c < 0x80) {
                escaped.append((char) c);
            } else {
                escaped.append(escape(c));
            }
        });
        return escaped.toString();
    }
}
