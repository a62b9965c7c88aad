package io.jynamo.protocol;

import java.util.Arrays;

/** An immutable sequence of token ids. */
public final class TokenIds {
    private static final TokenIds EMPTY = new TokenIds(new int[0]);

    private final int[] ids;

    private TokenIds(int[] ids) {
        this.ids = ids;
    }

    /** A sequence of the given ids, copied. */
    public static TokenIds of(int... ids) {
        return ids.length == 0 ? EMPTY : new TokenIds(ids.clone());
    }

    public static TokenIds empty() {
        return EMPTY;
    }

    public int count() {
        return ids.length;
    }

    public boolean isEmpty() {
        return ids.length == 0;
    }

    /** The id at a 0-based index. */
    public int at(int index) {
        return ids[index];
    }

    /** The ids from {@code from} (inclusive) to {@code to} (exclusive). */
    public TokenIds slice(int from, int to) {
        return from == 0 && to == ids.length ? this : new TokenIds(Arrays.copyOfRange(ids, from, to));
    }

    public TokenIds plus(TokenIds more) {
        if (more.isEmpty()) {
            return this;
        }
        int[] joined = Arrays.copyOf(ids, ids.length + more.ids.length);
        System.arraycopy(more.ids, 0, joined, ids.length, more.ids.length);
        return new TokenIds(joined);
    }

    /** The ids themselves, for readers in this package that must not copy; never written. */
    int[] shared() {
        return ids;
    }

    public int[] toArray() {
        return ids.clone();
    }

    /** Copies {@code count} ids starting at {@code from} into {@code target} at {@code at}. */
    public void copyTo(int from, int[] target, int at, int count) {
        System.arraycopy(ids, from, target, at, count);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenIds that && Arrays.equals(ids, that.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return ids.length <= 16 ? Arrays.toString(ids) : "[" + ids.length + " tokens]";
    }
}
