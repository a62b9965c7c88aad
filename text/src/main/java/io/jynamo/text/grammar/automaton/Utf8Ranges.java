package io.jynamo.text.grammar.automaton;

import static io.jynamo.text.grammar.automaton.Expression.range;

import java.util.ArrayList;
import java.util.List;

/** Sets of code points as their UTF-8 bytes. */
public final class Utf8Ranges {
    /** The last code point of each length. */
    private static final int[] LASTS = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

    private Utf8Ranges() {}

    /** One character of the set. */
    public static Expression of(CodePoints points) {
        var options = new ArrayList<Expression>();
        for (int i = 0; i < points.ranges(); i++) {
            int first = points.first(i);
            for (int last : LASTS) {
                if (first <= Math.min(last, points.last(i))) {
                    add(bytes(first), bytes(Math.min(last, points.last(i))), options);
                    first = Math.min(last, points.last(i)) + 1;
                }
            }
        }
        return Expression.choice(options);
    }

    private static int[] bytes(int c) {
        if (c <= LASTS[0]) {
            return new int[] {c};
        }
        if (c <= LASTS[1]) {
            return new int[] {0xC0 | (c >> 6), tail(c)};
        }
        if (c <= LASTS[2]) {
            return new int[] {0xE0 | (c >> 12), tail(c >> 6), tail(c)};
        }
        return new int[] {0xF0 | (c >> 18), tail(c >> 12), tail(c >> 6), tail(c)};
    }

    private static int tail(int bits) {
        return 0x80 | (bits & 0x3F);
    }

    /** All byte strings between two of one length, as sequences of ranges. */
    private static void add(int[] low, int[] high, List<Expression> options) {
        options.addAll(between(low, high, 0));
    }

    private static List<Expression> between(int[] low, int[] high, int at) {
        if (at == low.length - 1) {
            return List.of(range(low[at], high[at]));
        }
        if (low[at] == high[at]) {
            return prefixed(range(low[at], low[at]), between(low, high, at + 1));
        }
        var parts = new ArrayList<Expression>();
        int from = low[at];
        int to = high[at];
        if (!isLimit(low, at + 1, 0x80)) {
            parts.addAll(prefixed(range(from, from), between(low, filled(low, at, 0xBF), at + 1)));
            from++;
        }
        boolean last = !isLimit(high, at + 1, 0xBF);
        if (last) {
            to--;
        }
        if (from <= to) {
            parts.addAll(prefixed(range(from, to), between(filled(low, at, 0x80), filled(low, at, 0xBF), at + 1)));
        }
        if (last) {
            parts.addAll(prefixed(range(high[at], high[at]), between(filled(high, at, 0x80), high, at + 1)));
        }
        return parts;
    }

    private static boolean isLimit(int[] bytes, int from, int value) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != value) {
                return false;
            }
        }
        return true;
    }

    private static int[] filled(int[] bytes, int keep, int value) {
        int[] filled = bytes.clone();
        for (int i = keep + 1; i < filled.length; i++) {
            filled[i] = value;
        }
        return filled;
    }

    private static List<Expression> prefixed(Expression prefix, List<Expression> rests) {
        return rests.stream().map(rest -> Expression.sequence(prefix, rest)).toList();
    }
}
