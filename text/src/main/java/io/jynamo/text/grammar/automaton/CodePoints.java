package io.jynamo.text.grammar.automaton;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** An immutable set of Unicode code points, surrogates left out: they stand for no character. */
public final class CodePoints {
    private static final int MAX = Character.MAX_CODE_POINT;

    public static final CodePoints NONE = new CodePoints(new int[0]);
    public static final CodePoints ALL = of(0, MAX);

    /** Pairs of first and last, in order, neither touching nor overlapping. */
    private final int[] bounds;

    private CodePoints(int[] bounds) {
        this.bounds = bounds;
    }

    /** Those from {@code first} to {@code last}, both inclusive. */
    public static CodePoints of(int first, int last) {
        return first > last ? NONE : new CodePoints(new int[] {first, last}).withoutSurrogates();
    }

    public static CodePoints of(int only) {
        return of(only, only);
    }

    /** The characters of a text. */
    public static CodePoints of(String characters) {
        return matching(characters.codePoints().toArray());
    }

    private static CodePoints matching(int[] points) {
        int[] bounds = new int[2 * points.length];
        for (int i = 0; i < points.length; i++) {
            bounds[2 * i] = points[i];
            bounds[2 * i + 1] = points[i];
        }
        return joined(bounds);
    }

    public static CodePoints matching(IntPredicate predicate) {
        var bounds = new Ints();
        int from = -1;
        for (int c = 0; c <= MAX + 1; c++) {
            boolean in = c <= MAX && predicate.test(c);
            if (in && from < 0) {
                from = c;
            } else if (!in && from >= 0) {
                bounds.add(from);
                bounds.add(c - 1);
                from = -1;
            }
        }
        return new CodePoints(bounds.toArray()).withoutSurrogates();
    }

    private static CodePoints joined(int[] pairs) {
        long[] sorted = new long[pairs.length / 2];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = ((long) pairs[2 * i] << 32) | pairs[2 * i + 1];
        }
        Arrays.sort(sorted);
        int[] bounds = new int[pairs.length];
        int count = 0;
        for (long pair : sorted) {
            int first = (int) (pair >> 32);
            int last = (int) pair;
            if (count > 0 && first <= bounds[count - 1] + 1) {
                bounds[count - 1] = Math.max(bounds[count - 1], last);
            } else {
                bounds[count++] = first;
                bounds[count++] = last;
            }
        }
        return new CodePoints(Arrays.copyOf(bounds, count));
    }

    private CodePoints withoutSurrogates() {
        return intersect(new CodePoints(new int[] {0, Character.MIN_SURROGATE - 1, Character.MAX_SURROGATE + 1, MAX}));
    }

    public CodePoints union(CodePoints other) {
        int[] pairs = Arrays.copyOf(bounds, bounds.length + other.bounds.length);
        System.arraycopy(other.bounds, 0, pairs, bounds.length, other.bounds.length);
        return joined(pairs);
    }

    public CodePoints intersect(CodePoints other) {
        var result = new Ints();
        int i = 0;
        int k = 0;
        while (i < bounds.length && k < other.bounds.length) {
            int first = Math.max(bounds[i], other.bounds[k]);
            int last = Math.min(bounds[i + 1], other.bounds[k + 1]);
            if (first <= last) {
                result.add(first);
                result.add(last);
            }
            if (bounds[i + 1] < other.bounds[k + 1]) {
                i += 2;
            } else {
                k += 2;
            }
        }
        return new CodePoints(result.toArray());
    }

    public CodePoints complement() {
        var result = new Ints();
        int from = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            if (from < bounds[i]) {
                result.add(from);
                result.add(bounds[i] - 1);
            }
            from = bounds[i + 1] + 1;
        }
        if (from <= MAX) {
            result.add(from);
            result.add(MAX);
        }
        return new CodePoints(result.toArray()).withoutSurrogates();
    }

    public CodePoints minus(CodePoints other) {
        return intersect(other.complement());
    }

    /** With the upper and lower case forms of each. */
    public CodePoints ignoringCase() {
        var pairs = new Ints();
        for (int i = 0; i < bounds.length; i += 2) {
            pairs.add(bounds[i]);
            pairs.add(bounds[i + 1]);
        }
        var cased = intersect(Cased.ALL);
        for (int i = 0; i < cased.bounds.length; i += 2) {
            for (int c = cased.bounds[i]; c <= cased.bounds[i + 1]; c++) {
                for (int form : new int[] {Character.toLowerCase(c), Character.toUpperCase(c)}) {
                    if (form != c) {
                        pairs.add(form);
                        pairs.add(form);
                    }
                }
            }
        }
        return joined(pairs.toArray());
    }

    /** Those that have another case. */
    private static final class Cased {
        static final CodePoints ALL = matching(c -> Character.toLowerCase(c) != c || Character.toUpperCase(c) != c);
    }

    public boolean isEmpty() {
        return bounds.length == 0;
    }

    public boolean contains(int point) {
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i] <= point && point <= bounds[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** Number of ranges. */
    public int ranges() {
        return bounds.length / 2;
    }

    public int first(int range) {
        return bounds[2 * range];
    }

    public int last(int range) {
        return bounds[2 * range + 1];
    }
}
