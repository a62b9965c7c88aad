package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Iteration, length and slices of template values. */
final class Sequences {
    private Sequences() {}

    static Iterator<? extends @Nullable Object> iterator(Rendering r, @Nullable Object value) {
        return switch (value) {
            case List<?> list -> list.iterator();
            case Map<?, ?> dict -> dict.keySet().iterator();
            case String text -> characters(text);
            case Markup markup -> characters(markup.text());
            case Undefined _ -> Collections.emptyIterator();
            case Lazy lazy -> lazy.elements();
            case DictView view -> view.iterator();
            case null, default -> throw TemplateFailure.type("'" + Types.name(value) + "' object is not iterable");
        };
    }

    private static Iterator<String> characters(String text) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < text.length();
            }

            @Override
            public String next() {
                if (at >= text.length()) {
                    throw new java.util.NoSuchElementException();
                }
                var c = text.codePointAt(at);
                at += Character.charCount(c);
                return Character.toString(c);
            }
        };
    }

    /** Python's list(value): always a list of its own. */
    static List<@Nullable Object> list(Rendering r, @Nullable Object value) {
        List<@Nullable Object> list = new ArrayList<>();
        var elements = iterator(r, value);
        while (elements.hasNext()) {
            r.elements(1);
            list.add(elements.next());
        }
        return list;
    }

    /** The length, or -1 if the value has none. */
    static int length(@Nullable Object value) {
        return switch (value) {
            case String text -> Text.length(text);
            case Markup markup -> Text.length(markup.text());
            case List<?> list -> list.size();
            case Map<?, ?> dict -> dict.size();
            case Undefined _ -> 0;
            case DictView view -> view.dict().size();
            case Loop loop -> loop.length();
            case null, default -> -1;
        };
    }

    static int requireLength(@Nullable Object value) {
        var length = length(value);
        if (length < 0) {
            throw TemplateFailure.type("object of type '" + Types.name(value) + "' has no len()");
        }
        return length;
    }

    /** value[start:stop:step]. */
    static Object slice(
            Rendering r, @Nullable Object value, @Nullable Object start, @Nullable Object stop, @Nullable Object step) {
        if (value instanceof Markup markup) {
            return new Markup((String) slice(r, markup.text(), start, stop, step));
        }
        if (!(value instanceof String || value instanceof List)) {
            throw TemplateFailure.type(
                    value instanceof Map
                            ? "unhashable type: 'slice'"
                            : "'" + Types.name(value) + "' object is not subscriptable");
        }
        var by = step == null ? 1 : sliceIndex(step);
        if (by == 0) {
            throw TemplateFailure.value("slice step cannot be zero");
        }
        var size = length(value);
        var from = bound(start, by > 0 ? 0 : size - 1, size, by);
        var to = bound(stop, by > 0 ? size : -1, size, by);
        if (value instanceof String text) {
            r.work(text.length());
            return by == 1 ? substring(text, from, to) : pick(r, text, from, to, by);
        }
        List<@Nullable Object> picked = new ArrayList<>();
        var list = (List<?>) value;
        for (long i = from; by > 0 ? i < to : i > to; i += by) {
            r.elements(1);
            picked.add(list.get((int) i));
        }
        return value instanceof Tuple ? Tuple.copyOf(picked) : picked;
    }

    private static int sliceIndex(@Nullable Object value) {
        if (value instanceof Undefined || !(value instanceof Boolean || Numbers.isInteger(value))) {
            throw TemplateFailure.type("slice indices must be integers or None or have an __index__ method");
        }
        return Numbers.index(value);
    }

    private static int bound(@Nullable Object index, int absent, int size, int by) {
        if (index == null) {
            return absent;
        }
        var value = sliceIndex(index);
        if (value < 0) {
            value += size;
            return value < 0 ? (by > 0 ? 0 : -1) : value;
        }
        return Math.min(value, by > 0 ? size : size - 1);
    }

    private static String substring(String text, int from, int to) {
        return from >= to ? "" : text.substring(Text.offset(text, from), Text.offset(text, to));
    }

    private static String pick(Rendering r, String text, int from, int to, int by) {
        var codePoints = text.codePoints().toArray();
        r.allocate(codePoints.length);
        var picked = new StringBuilder();
        for (long i = from; by > 0 ? i < to : i > to; i += by) {
            picked.appendCodePoint(codePoints[(int) i]);
        }
        return picked.toString();
    }
}
