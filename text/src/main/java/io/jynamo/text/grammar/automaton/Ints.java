package io.jynamo.text.grammar.automaton;

import java.util.Arrays;

/** A list of ints that grows. Two are equal where they hold the same. */
final class Ints {
    private int[] values = {};
    private int count;

    void add(int value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, Math.max(4, 2 * count));
        }
        values[count++] = value;
    }

    int get(int index) {
        return values[index];
    }

    int removeLast() {
        return values[--count];
    }

    int size() {
        return count;
    }

    int[] toArray() {
        return Arrays.copyOf(values, count);
    }

    void clear() {
        count = 0;
    }

    /** Brings the values into order, each one once. */
    void normalize() {
        Arrays.sort(values, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || values[i] != values[i - 1]) {
                values[kept++] = values[i];
            }
        }
        count = kept;
        values = Arrays.copyOf(values, count);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ints that
                && count == that.count
                && Arrays.equals(values, 0, count, that.values, 0, count);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < count; i++) {
            hash = 31 * hash + values[i];
        }
        return hash;
    }
}
