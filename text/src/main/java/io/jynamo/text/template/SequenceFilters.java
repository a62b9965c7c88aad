package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Filters that look at or rearrange the elements of a value. */
final class SequenceFilters {
    private SequenceFilters() {}

    static void register(Map<String, FilterTable.Filter> filters) {
        filters.put("length", SequenceFilters::length);
        filters.put("count", SequenceFilters::length);
        filters.put("list", (r, v, a) -> Sequences.list(r, v));
        filters.put("first", SequenceFilters::first);
        filters.put("last", SequenceFilters::last);
        filters.put("join", SequenceFilters::join);
        filters.put("reverse", SequenceFilters::reverse);
        filters.put("items", SequenceFilters::items);
        filters.put("batch", SequenceFilters::batch);
        filters.put("slice", SequenceFilters::slice);
    }

    private static Object length(Rendering r, @Nullable Object value, Arguments arguments) {
        arguments.bind("length", 0);
        return (long) Sequences.requireLength(value);
    }

    /** A generator whose elements are only made when the first is asked for. */
    static Lazy generator(Supplier<Iterator<? extends @Nullable Object>> source) {
        return Lazy.generator(new Iterator<@Nullable Object>() {
            private @Nullable Iterator<? extends @Nullable Object> elements;

            private Iterator<? extends @Nullable Object> elements() {
                if (elements == null) {
                    elements = source.get();
                }
                return elements;
            }

            @Override
            public boolean hasNext() {
                return elements().hasNext();
            }

            @Override
            public @Nullable Object next() {
                return elements().next();
            }
        });
    }

    private static @Nullable Object first(Rendering r, @Nullable Object value, Arguments arguments) {
        arguments.bind("do_first", 0);
        var elements = Sequences.iterator(r, value);
        return elements.hasNext() ? elements.next() : Undefined.of("No first item, sequence was empty.");
    }

    private static @Nullable Object last(Rendering r, @Nullable Object value, Arguments arguments) {
        arguments.bind("do_last", 0);
        if (value instanceof String text && !text.isEmpty()) {
            return text.substring(text.offsetByCodePoints(text.length(), -1));
        }
        if (value instanceof List<?> list && !list.isEmpty()) {
            return list.getLast();
        }
        refuseIrreversible(value);
        var elements = Sequences.list(r, value);
        return elements.isEmpty() ? Undefined.of("No last item, sequence was empty.") : elements.getLast();
    }

    private static void refuseIrreversible(@Nullable Object value) {
        if (value instanceof Lazy || !Types.isIterable(value)) {
            throw TemplateFailure.type("'" + Types.name(value) + "' object is not reversible");
        }
    }

    private static Object join(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_join", 0, "d", "attribute");
        var separator = Representation.text(Arguments.or(bound[0], ""));
        var path = FilterTable.Path.of(bound[1], null, false);
        var elements = Sequences.iterator(r, value);
        var joined = new StringBuilder();
        for (var first = true; elements.hasNext(); first = false) {
            var text = Representation.text(path.of(r, elements.next()));
            r.grow(joined, (long) text.length() + separator.length());
            joined.append(first ? "" : separator).append(text);
        }
        return joined.toString();
    }

    private static Object reverse(Rendering r, @Nullable Object value, Arguments arguments) {
        arguments.bind("do_reverse", 0);
        if (value instanceof String text) {
            return r.allocated(Text.reverse(text));
        }
        if (!Types.isIterable(value)) {
            throw FilterTable.badArgument("argument must be iterable");
        }
        var elements = Sequences.list(r, value);
        Collections.reverse(elements);
        return value instanceof Lazy ? elements : new Lazy("list_reverseiterator", elements.iterator());
    }

    private static Object items(Rendering r, @Nullable Object value, Arguments arguments) {
        arguments.bind("do_items", 0);
        return generator(() -> {
            if (value instanceof Undefined) {
                return Collections.emptyIterator();
            }
            if (!(value instanceof Map<?, ?> dict)) {
                throw TemplateFailure.type("Can only get item pairs from a mapping.");
            }
            return new DictView(DictView.Kind.ITEMS, dict).iterator();
        });
    }

    private static Object batch(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_batch", 1, "linecount", "fill_with");
        var size = Numbers.index(bound[0]);
        var fill = Arguments.or(bound[1], null);
        return generator(() -> {
            List<@Nullable Object> batches = new ArrayList<>();
            List<@Nullable Object> batch = new ArrayList<>();
            for (var element : Sequences.list(r, value)) {
                if (batch.size() == size) {
                    batches.add(batch);
                    batch = new ArrayList<>();
                }
                batch.add(element);
            }
            if (!batch.isEmpty()) {
                if (fill != null && batch.size() < size) {
                    r.allocate(size);
                    batch.addAll(Collections.nCopies(size - batch.size(), fill));
                }
                batches.add(batch);
            }
            return batches.iterator();
        });
    }

    private static Object slice(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_slice", 1, "slices", "fill_with");
        var slices = Numbers.index(bound[0]);
        var fill = Arguments.or(bound[1], null);
        return generator(() -> {
            var elements = Sequences.list(r, value);
            if (slices == 0) {
                throw new TemplateFailure("ZeroDivisionError", "integer division or modulo by zero");
            }
            var each = Math.floorDiv(elements.size(), slices);
            var longer = Math.floorMod(elements.size(), slices);
            List<@Nullable Object> parts = new ArrayList<>();
            for (int i = 0, at = 0; i < slices; i++) {
                var end = at + each + (i < longer ? 1 : 0);
                r.allocate(each + 2L);
                List<@Nullable Object> part = new ArrayList<>(elements.subList(at, end));
                if (fill != null && i >= longer) {
                    part.add(fill);
                }
                parts.add(part);
                at = end;
            }
            return parts.iterator();
        });
    }
}
