package io.jynamo.text.template;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The filters by name: jinja2's, without random, pprint, urlize and xmlattr, and transformers' tojson. */
final class FilterTable {
    /** A filter over the value before its bar. */
    @FunctionalInterface
    interface Filter {
        @Nullable
        Object apply(Rendering r, @Nullable Object value, Arguments arguments);
    }

    private static final Map<String, Filter> FILTERS = new HashMap<>();

    static {
        TextFilters.register(FILTERS);
        WrapFilters.register(FILTERS);
        SequenceFilters.register(FILTERS);
        OrderFilters.register(FILTERS);
        SelectionFilters.register(FILTERS);
        NumberFilters.register(FILTERS);
        FILTERS.put("tojson", JsonText::filter);
        FILTERS.put("default", FilterTable::fallback);
        FILTERS.put("d", FilterTable::fallback);
        FILTERS.put("attr", FilterTable::attribute);
        FILTERS.replaceAll(Markup::aware);
    }

    private FilterTable() {}

    static @Nullable Filter find(String name) {
        return FILTERS.get(name);
    }

    static Filter require(@Nullable Filter filter, String name) {
        if (filter == null) {
            throw new TemplateFailure("TemplateRuntimeError", "No filter named " + Representation.of(name) + " found.");
        }
        return filter;
    }

    /** The error for arguments that a filter cannot take. */
    static TemplateFailure badArgument(String message) {
        return new TemplateFailure("FilterArgumentError", message);
    }

    private static @Nullable Object fallback(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_default", 0, "default_value", "boolean");
        var missing = value instanceof Undefined || (Arguments.truth(bound[1], false) && !Types.truth(value));
        return missing ? Arguments.or(bound[0], "") : value;
    }

    private static @Nullable Object attribute(Rendering r, @Nullable Object value, Arguments arguments) {
        var name = Representation.text(arguments.bind("do_attr", 1, "name")[0]);
        var attribute = Members.own(value, name);
        return Types.isAbsent(attribute) ? Undefined.member(value, name) : attribute;
    }

    /** What the {@code attribute} argument of a filter names: a path like {@code a.b.0} into each element. */
    record Path(List<Object> parts, @Nullable Object fallback, boolean ignoreCase) {
        static Path of(@Nullable Object attribute, @Nullable Object fallback, boolean ignoreCase) {
            if (attribute == null || Types.isAbsent(attribute)) {
                return new Path(List.of(), fallback, ignoreCase);
            }
            if (!(attribute instanceof String text)) {
                return new Path(List.of(attribute), fallback, ignoreCase);
            }
            return new Path(Text.split(text, ".", -1).stream().map(Path::part).toList(), fallback, ignoreCase);
        }

        private static Object part(@Nullable Object part) {
            var text = String.valueOf(part);
            return text.matches("\\d{1,9}") ? (Object) Long.valueOf(text) : text;
        }

        @Nullable
        Object of(Rendering r, @Nullable Object element) {
            var value = element;
            for (var part : parts) {
                value = Members.item(r, value, part);
                if (fallback != null && value instanceof Undefined) {
                    value = fallback;
                }
            }
            return ignoreCase && value instanceof String text ? Text.lower(text) : value;
        }
    }
}
