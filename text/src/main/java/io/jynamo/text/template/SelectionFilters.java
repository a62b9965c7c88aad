package io.jynamo.text.template;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Filters that apply a test or filter to each element, as it is asked for: select, reject, map and the like. */
final class SelectionFilters {
    private SelectionFilters() {}

    static void register(Map<String, FilterTable.Filter> filters) {
        filters.put("select", (r, v, a) -> select(r, v, a, false, true));
        filters.put("reject", (r, v, a) -> select(r, v, a, false, false));
        filters.put("selectattr", (r, v, a) -> select(r, v, a, true, true));
        filters.put("rejectattr", (r, v, a) -> select(r, v, a, true, false));
        filters.put("map", SelectionFilters::map);
    }

    private static Object select(
            Rendering r, @Nullable Object value, Arguments arguments, boolean byAttribute, boolean keeps) {
        return SequenceFilters.generator(() -> {
            if (!Types.truth(value)) {
                return Collections.emptyIterator();
            }
            var test = test(r, arguments, byAttribute);
            return kept(r, Sequences.iterator(r, value), element -> test.test(element) == keeps);
        });
    }

    private static Predicate<@Nullable Object> test(Rendering r, Arguments arguments, boolean byAttribute) {
        var path = FilterTable.Path.of(null, null, false);
        var rest = arguments;
        if (byAttribute) {
            if (arguments.positional().isEmpty()) {
                throw FilterTable.badArgument("Missing parameter for attribute name");
            }
            path = FilterTable.Path.of(arguments.positional().getFirst(), null, false);
            rest = arguments.drop(1);
        }
        var of = path;
        if (rest.positional().isEmpty()) {
            return element -> Types.truth(of.of(r, element));
        }
        var name = Representation.text(rest.positional().getFirst());
        var test = TestTable.require(TestTable.find(name), name);
        var passed = rest.drop(1);
        return element -> test.holds(r, of.of(r, element), passed);
    }

    private static Iterator<@Nullable Object> kept(
            Rendering r, Iterator<? extends @Nullable Object> source, Predicate<@Nullable Object> keep) {
        return new Iterator<>() {
            private @Nullable Object next = Frame.UNSET;

            @Override
            public boolean hasNext() {
                while (Types.isUnset(next) && source.hasNext()) {
                    r.step();
                    var candidate = source.next();
                    if (keep.test(candidate)) {
                        next = candidate;
                    }
                }
                return !Types.isUnset(next);
            }

            @Override
            public @Nullable Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                var given = next;
                next = Frame.UNSET;
                return given;
            }
        };
    }

    private static Object map(Rendering r, @Nullable Object value, Arguments arguments) {
        return SequenceFilters.generator(() -> {
            if (!Types.truth(value)) {
                return Collections.emptyIterator();
            }
            var change = change(r, arguments);
            var source = Sequences.iterator(r, value);
            return new Iterator<@Nullable Object>() {
                @Override
                public boolean hasNext() {
                    return source.hasNext();
                }

                @Override
                public @Nullable Object next() {
                    r.step();
                    return change.apply(source.next());
                }
            };
        });
    }

    private static UnaryOperator<@Nullable Object> change(Rendering r, Arguments arguments) {
        if (arguments.positional().isEmpty() && arguments.names().contains("attribute")) {
            for (var name : arguments.names()) {
                if (!name.equals("attribute") && !name.equals("default")) {
                    throw FilterTable.badArgument("Unexpected keyword argument " + Representation.of(name));
                }
            }
            var fallback = Arguments.or(arguments.keyword("default"), null);
            var path = FilterTable.Path.of(arguments.keyword("attribute"), fallback, false);
            return element -> path.of(r, element);
        }
        if (arguments.positional().isEmpty()) {
            throw FilterTable.badArgument("map requires a filter argument");
        }
        var name = Representation.text(arguments.positional().getFirst());
        var filter = FilterTable.require(FilterTable.find(name), name);
        var passed = arguments.drop(1);
        return element -> filter.apply(r, element, passed);
    }
}
