package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters that compare elements with one another: sort, dictsort, groupby, unique, min, max. */
final class OrderFilters {
    private record Keyed(@Nullable Object key, @Nullable Object element) {}

    private OrderFilters() {}

    static void register(Map<String, FilterTable.Filter> filters) {
        filters.put("sort", OrderFilters::sort);
        filters.put("dictsort", OrderFilters::dictSort);
        filters.put("groupby", OrderFilters::groupBy);
        filters.put("unique", OrderFilters::unique);
        filters.put("min", (r, v, a) -> extreme(r, v, a, false));
        filters.put("max", (r, v, a) -> extreme(r, v, a, true));
    }

    private static List<Keyed> sorted(Rendering r, List<Keyed> keyed, boolean reverse) {
        Comparator<Keyed> order = (a, b) -> {
            r.step();
            return Comparison.order(a.key, b.key, "<");
        };
        keyed.sort(reverse ? order.reversed() : order);
        return keyed;
    }

    private static List<@Nullable Object> elements(List<Keyed> keyed) {
        List<@Nullable Object> elements = new ArrayList<>(keyed.size());
        keyed.forEach(k -> elements.add(k.element));
        return elements;
    }

    private static Object sort(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_sort", 0, "reverse", "case_sensitive", "attribute");
        var ignoreCase = !Arguments.truth(bound[1], false);
        var attribute = Arguments.or(bound[2], null);
        var paths = new ArrayList<FilterTable.Path>();
        if (attribute instanceof String several) {
            for (var one : Text.split(several, ",", -1)) {
                paths.add(FilterTable.Path.of(one, null, ignoreCase));
            }
        } else {
            paths.add(FilterTable.Path.of(attribute, null, ignoreCase));
        }
        var keyed = new ArrayList<Keyed>();
        for (var element : Sequences.list(r, value)) {
            List<@Nullable Object> key = new ArrayList<>(paths.size());
            paths.forEach(path -> key.add(path.of(r, element)));
            keyed.add(new Keyed(paths.size() == 1 ? key.getFirst() : key, element));
        }
        return elements(sorted(r, keyed, Arguments.truth(bound[0], false)));
    }

    private static Object dictSort(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_dictsort", 0, "case_sensitive", "by", "reverse");
        var by = Arguments.or(bound[1], "key");
        if (!"key".equals(by) && !"value".equals(by)) {
            throw FilterTable.badArgument("You can only sort by either \"key\" or \"value\"");
        }
        Undefined.refuse(value);
        if (!(value instanceof Map<?, ?> dict)) {
            throw new TemplateFailure("AttributeError", "'" + Types.name(value) + "' object has no attribute 'items'");
        }
        var path = FilterTable.Path.of(null, null, !Arguments.truth(bound[0], false));
        var keyed = new ArrayList<Keyed>();
        r.allocate(dict.size());
        for (var entry : dict.entrySet()) {
            var key = "key".equals(by) ? entry.getKey() : entry.getValue();
            keyed.add(new Keyed(path.of(r, key), Tuple.of(entry.getKey(), entry.getValue())));
        }
        return elements(sorted(r, keyed, Arguments.truth(bound[2], false)));
    }

    private static Object groupBy(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_groupby", 1, "attribute", "default", "case_sensitive");
        var fallback = Arguments.or(bound[1], null);
        var path = FilterTable.Path.of(bound[0], fallback, !Arguments.truth(bound[2], false));
        var shown = FilterTable.Path.of(bound[0], fallback, false);
        var keyed = new ArrayList<Keyed>();
        for (var element : Sequences.list(r, value)) {
            keyed.add(new Keyed(path.of(r, element), element));
        }
        List<@Nullable Object> groups = new ArrayList<>();
        List<@Nullable Object> group = new ArrayList<>();
        Keyed last = null;
        for (var next : sorted(r, keyed, false)) {
            if (last == null || !Comparison.equal(last.key, next.key)) {
                group = new ArrayList<>();
                groups.add(Tuple.of(shown.of(r, next.element), group).named("grouper", "list"));
            }
            group.add(next.element);
            last = next;
        }
        return groups;
    }

    private static Object unique(Rendering r, @Nullable Object value, Arguments arguments) {
        var bound = arguments.bind("do_unique", 0, "case_sensitive", "attribute");
        var path = FilterTable.Path.of(bound[1], null, !Arguments.truth(bound[0], false));
        return SequenceFilters.generator(() -> {
            var texts = new HashSet<String>();
            List<@Nullable Object> others = new ArrayList<>();
            List<@Nullable Object> kept = new ArrayList<>();
            for (var element : Sequences.list(r, value)) {
                var key = Types.hashable(path.of(r, element));
                if (key instanceof String text ? texts.add(text) : !known(r, others, key)) {
                    kept.add(element);
                }
            }
            return kept.iterator();
        });
    }

    private static boolean known(Rendering r, List<@Nullable Object> seen, @Nullable Object key) {
        r.steps(seen.size());
        for (var other : seen) {
            if (Comparison.equal(other, key)) {
                return true;
            }
        }
        seen.add(key);
        return false;
    }

    private static @Nullable Object extreme(
            Rendering r, @Nullable Object value, Arguments arguments, boolean greatest) {
        var bound = arguments.bind(greatest ? "do_max" : "do_min", 0, "case_sensitive", "attribute");
        var path = FilterTable.Path.of(bound[1], null, !Arguments.truth(bound[0], false));
        var elements = Sequences.iterator(r, value);
        if (!elements.hasNext()) {
            return Undefined.of("No aggregated item, sequence was empty.");
        }
        var best = elements.next();
        var bestKey = path.of(r, best);
        while (elements.hasNext()) {
            r.step();
            var element = elements.next();
            var key = path.of(r, element);
            var order = Comparison.order(key, bestKey, greatest ? ">" : "<");
            if (greatest ? order > 0 : order < 0) {
                best = element;
                bestKey = key;
            }
        }
        return best;
    }
}
