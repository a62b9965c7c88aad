package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Text that the filters safe and escape marked as HTML. Python's markupsafe escapes whatever plain text is added to it,
 * even where nothing else escapes, and templates of models show it, so ours does.
 */
record Markup(String text) {
    /** Methods whose arguments it does not escape. */
    private static final Set<String> LOOKING =
            Set.of("find", "rfind", "index", "rindex", "count", "startswith", "endswith");
    /** Filters that pass the mark on. */
    private static final Set<String> KEEPING =
            Set.of("upper", "lower", "capitalize", "title", "trim", "center", "string", "indent", "default", "d");

    static @Nullable Object plain(@Nullable Object value) {
        return value instanceof Markup markup ? markup.text : value;
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    private static @Nullable Object escaped(@Nullable Object value) {
        return value instanceof String text ? escape(text) : plain(value);
    }

    /** Marks every text in a result. */
    private static @Nullable Object marked(@Nullable Object value) {
        if (value instanceof String text) {
            return new Markup(text);
        }
        if (!(value instanceof List<?> list) || value instanceof Range) {
            return value;
        }
        List<@Nullable Object> marked = new ArrayList<>(list.size());
        list.forEach(element -> marked.add(marked(element)));
        return list instanceof Tuple ? Tuple.copyOf(marked) : marked;
    }

    /** An operator with marked text on one side. */
    static @Nullable Object apply(Rendering r, Operator operator, @Nullable Object left, @Nullable Object right) {
        Undefined.refuse(left);
        Undefined.refuse(right);
        return switch (operator) {
            case ADD -> {
                if (!isText(left) || !isText(right)) {
                    throw TemplateFailure.type("unsupported operand type(s) for +: '" + Types.name(left) + "' and '"
                            + Types.name(right) + "'");
                }
                yield marked(Arithmetic.apply(r, operator, escaped(left), escaped(right)));
            }
            case REMAINDER ->
                left instanceof Markup
                        ? marked(Arithmetic.apply(r, operator, plain(left), escapedParts(right)))
                        : Arithmetic.apply(r, operator, left, plain(right));
            case SUBTRACT, MULTIPLY, DIVIDE, FLOOR_DIVIDE, POWER ->
                marked(Arithmetic.apply(r, operator, plain(left), plain(right)));
        };
    }

    private static boolean isText(@Nullable Object value) {
        return value instanceof Markup || value instanceof String;
    }

    private static @Nullable Object escapedParts(@Nullable Object values) {
        if (values instanceof Tuple tuple) {
            List<@Nullable Object> parts = new ArrayList<>(tuple.size());
            tuple.forEach(part -> parts.add(escaped(part)));
            return Tuple.copyOf(parts);
        }
        if (values instanceof Map<?, ?> dict) {
            var parts = new LinkedHashMap<@Nullable Object, @Nullable Object>();
            dict.forEach((key, value) -> parts.put(key, escaped(value)));
            return parts;
        }
        return escaped(values);
    }

    /** An attribute of marked text: str's methods, whose texts are escaped on the way in and marked on the way out. */
    @Nullable
    Object attribute(String name) {
        if (!(TextMethods.find(text, name) instanceof Invocable method)) {
            return Arguments.ABSENT;
        }
        return (Invocable) (r, arguments) -> {
            if (LOOKING.contains(name) || name.startsWith("is")) {
                return method.call(r, arguments);
            }
            List<@Nullable Object> positional = new ArrayList<>();
            arguments.positional().forEach(value -> positional.add(escaped(value)));
            List<@Nullable Object> named = new ArrayList<>();
            arguments.named().forEach(value -> named.add(escaped(value)));
            return marked(method.call(r, new Arguments(positional, arguments.names(), named)));
        };
    }

    /** A filter that takes and, where Python's does, gives marked text. */
    static FilterTable.Filter aware(String name, FilterTable.Filter filter) {
        return switch (name) {
            case "safe", "forceescape" -> (r, value, arguments) -> marked(filter.apply(r, plain(value), arguments));
            case "escape", "e" ->
                (r, value, arguments) -> value instanceof Markup ? value : marked(filter.apply(r, value, arguments));
            default ->
                (r, value, arguments) -> {
                    if (!(value instanceof Markup markup)) {
                        return filter.apply(r, value, arguments);
                    }
                    var result = filter.apply(r, markup.text, arguments);
                    return KEEPING.contains(name) ? marked(result) : result;
                };
        };
    }
}
