package io.jynamo.text.template;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Python's ==, ordering and membership. */
final class Comparison {
    private static final int DEEPEST = 500;
    /** Elements one comparison looks at: shared parts can make a small value huge to walk. */
    private static final int MOST_ELEMENTS = 1 << 20;

    private Comparison() {}

    static boolean equal(@Nullable Object left, @Nullable Object right) {
        var a = Markup.plain(left);
        var b = Markup.plain(right);
        var walks = a instanceof List || a instanceof Map;
        return walks ? equal(a, b, 0, new int[] {MOST_ELEMENTS}) : same(a, b);
    }

    /** Equality of what holds no other values. */
    private static boolean same(@Nullable Object a, @Nullable Object b) {
        if (a instanceof String text) {
            return text.equals(b);
        }
        if (a instanceof Undefined) {
            return b instanceof Undefined;
        }
        var x = Numbers.find(a);
        var y = Numbers.find(b);
        if (x == null || y == null) {
            return Types.isIdentical(a, b);
        }
        return !Numbers.isNaN(x) && !Numbers.isNaN(y) && Numbers.compare(x, y) == 0;
    }

    private static boolean equal(@Nullable Object one, @Nullable Object other, int depth, int[] left) {
        var a = Markup.plain(one);
        var b = Markup.plain(other);
        if (--left[0] < 0) {
            throw TemplateFailure.limit("a comparison looks at more than " + MOST_ELEMENTS + " elements");
        }
        if (depth > DEEPEST) {
            throw new TemplateFailure("RecursionError", "maximum recursion depth exceeded in comparison");
        }
        if (a instanceof List<?> x) {
            return b instanceof List<?> y
                    && Types.name(a).equals(Types.name(b))
                    && (Types.isIdentical(a, b) || equalLists(x, y, depth + 1, left));
        }
        if (a instanceof Map<?, ?> x) {
            return b instanceof Map<?, ?> y && (Types.isIdentical(a, b) || equalDicts(x, y, depth + 1, left));
        }
        return same(a, b);
    }

    private static boolean equalLists(List<?> a, List<?> b, int depth, int[] left) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i), depth, left)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalDicts(Map<?, ?> a, Map<?, ?> b, int depth, int[] left) {
        if (a.size() != b.size()) {
            return false;
        }
        for (var entry : a.entrySet()) {
            var other = Dicts.find(b, entry.getKey());
            if (Types.isAbsent(other) || !equal(entry.getValue(), other, depth, left)) {
                return false;
            }
        }
        return true;
    }

    /** Below, at or above zero as {@code a} sorts before, with or after {@code b}. */
    static int order(@Nullable Object one, @Nullable Object other, String operator) {
        var a = Markup.plain(one);
        var b = Markup.plain(other);
        if (a instanceof String x && b instanceof String y) {
            return Text.compare(x, y);
        }
        Undefined.refuse(a);
        Undefined.refuse(b);
        var x = Numbers.find(a);
        var y = Numbers.find(b);
        if (x != null && y != null) {
            return Numbers.compare(x, y);
        }
        if (a instanceof List<?> left
                && b instanceof List<?> right
                && !(a instanceof Range)
                && Types.name(a).equals(Types.name(b))) {
            for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
                if (!equal(left.get(i), right.get(i))) {
                    return order(left.get(i), right.get(i), operator);
                }
            }
            return Integer.compare(left.size(), right.size());
        }
        throw TemplateFailure.type("'" + operator + "' not supported between instances of '" + Types.name(a) + "' and '"
                + Types.name(b) + "'");
    }

    /** True if a comparison with a NaN on one side, which is never ordered. */
    static boolean unordered(@Nullable Object a, @Nullable Object b) {
        return (a instanceof Double x && x.isNaN()) || (b instanceof Double y && y.isNaN());
    }

    static Comparator<@Nullable Object> sorting(Rendering r) {
        return (a, b) -> {
            r.step();
            return order(a, b, "<");
        };
    }

    /** {@code item in container}. */
    static boolean contains(Rendering r, @Nullable Object holder, @Nullable Object wanted) {
        var container = Markup.plain(holder);
        var item = Markup.plain(wanted);
        switch (container) {
            case String text -> {
                if (item instanceof String part) {
                    r.work(text.length());
                    return Text.find(text, part, 0) >= 0;
                }
                throw TemplateFailure.type("'in <string>' requires string as left operand, not " + Types.name(item));
            }
            case Map<?, ?> dict -> {
                Types.hashable(item);
                return !Types.isAbsent(Dicts.find(dict, item));
            }
            case DictView view
            when view.kind() == DictView.Kind.KEYS -> {
                return !Types.isAbsent(Dicts.find(view.dict(), item));
            }
            case null, default -> {}
        }
        if (!Types.isIterable(container)) {
            throw TemplateFailure.type("argument of type '" + Types.name(container) + "' is not iterable");
        }
        var elements = Sequences.iterator(r, Objects.requireNonNull(container));
        while (elements.hasNext()) {
            r.step();
            if (equal(elements.next(), item)) {
                return true;
            }
        }
        return false;
    }
}
