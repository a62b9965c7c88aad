package io.jynamo.text.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as Python's json.dumps writes it, with the options that the tojson filter passes on. */
final class JsonText {
    private static final int DEEPEST = 600;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final Rendering rendering;
    private final boolean ascii;
    private final @Nullable String indent;
    private final String comma;
    private final String colon;
    private final boolean sorted;
    private final StringBuilder out = new StringBuilder();
    private int paidFor;

    private JsonText(
            Rendering rendering, boolean ascii, @Nullable String indent, String comma, String colon, boolean sorted) {
        this.rendering = rendering;
        this.ascii = ascii;
        this.indent = indent;
        this.comma = comma;
        this.colon = colon;
        this.sorted = sorted;
    }

    /** The tojson filter of Hugging Face transformers. */
    static Object filter(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        var indent = indent(r, Arguments.or(bound[1], null));
        var comma = indent == null ? ", " : ",";
        var colon = ": ";
        if (Arguments.or(bound[2], null) != null) {
            if (!(bound[2] instanceof List<?> pair
                    && pair.size() == 2
                    && pair.get(0) instanceof String first
                    && pair.get(1) instanceof String second)) {
                throw TemplateFailure.type("separators must be a pair of strings");
            }
            comma = first;
            colon = second;
        }
        var json = new JsonText(
                r, Arguments.truth(bound[0], false), indent, comma, colon, Arguments.truth(bound[3], false));
        json.write(value, 0);
        json.pay();
        return json.out.toString();
    }

    private static @Nullable String indent(Rendering r, @Nullable Object value) {
        if (value == null || value instanceof String) {
            return (String) value;
        }
        var width = Math.max(0, Numbers.index(value));
        r.allocate(width);
        return " ".repeat(width);
    }

    private void pay() {
        rendering.allocate((long) out.length() - paidFor);
        rendering.grow(out, 0);
        paidFor = out.length();
    }

    private void write(@Nullable Object value, int depth) {
        if (depth > DEEPEST) {
            throw new TemplateFailure(
                    "RecursionError", "maximum recursion depth exceeded while encoding a JSON object");
        }
        if (out.length() - paidFor > 1 << 12) {
            pay();
        }
        switch (value) {
            case null -> out.append("null");
            case String text -> quote(text);
            case Markup markup -> quote(markup.text());
            case Boolean truth -> out.append(truth.booleanValue());
            case BigInteger number -> out.append(Representation.integer(number));
            case Number number when Numbers.isFloat(number) -> out.append(number(number.doubleValue()));
            case Number number -> out.append(number.longValue());
            case List<?> list when !(list instanceof Range) -> writeList(list, depth);
            case Map<?, ?> dict -> writeDict(dict, depth);
            default -> throw TemplateFailure.type("Object of type " + Types.name(value) + " is not JSON serializable");
        }
    }

    private static String number(double value) {
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : FloatText.representation(value);
    }

    private void line(int depth) {
        if (indent != null) {
            rendering.grow(out, (long) indent.length() * depth);
            out.append('\n').repeat(indent, depth);
            paidFor += indent.length() * depth;
        }
    }

    private void writeList(List<?> list, int depth) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            out.append(i == 0 ? "" : comma);
            line(depth + 1);
            write(list.get(i), depth + 1);
        }
        line(depth);
        out.append(']');
    }

    private void writeDict(Map<?, ?> dict, int depth) {
        if (dict.isEmpty()) {
            out.append("{}");
            return;
        }
        var entries = new ArrayList<Map.Entry<?, ?>>(dict.entrySet());
        if (sorted) {
            var order = Comparison.sorting(rendering);
            entries.sort((a, b) -> order.compare(a.getKey(), b.getKey()));
        }
        out.append('{');
        for (int i = 0; i < entries.size(); i++) {
            out.append(i == 0 ? "" : comma);
            line(depth + 1);
            quote(key(entries.get(i).getKey()));
            out.append(colon);
            write(entries.get(i).getValue(), depth + 1);
        }
        line(depth);
        out.append('}');
    }

    private static String key(@Nullable Object key) {
        return switch (key) {
            case String text -> text;
            case null -> "null";
            case Boolean truth -> truth.toString();
            case Double number -> number(number);
            case Number number -> Representation.of(number);
            default -> throw TemplateFailure.type("keys must be str, int, float, bool or None, not " + Types.name(key));
        };
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            var c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < 0x20 || (ascii && c > 0x7e)) {
                        out.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]);
                        out.append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
