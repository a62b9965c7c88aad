package io.jynamo.text.tokenizer;

import java.util.Arrays;

/** A growing list of token ids. */
final class IdBuffer {
    int[] ids = new int[4096];
    int count;

    void add(int id) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count + (count >> 1));
        }
        ids[count++] = id;
    }

    void addAll(int[] more) {
        reserve(more.length);
        System.arraycopy(more, 0, ids, count, more.length);
        count += more.length;
    }

    /** Makes room for {@code extra} more, which may then be written straight into {@link #ids}. */
    void reserve(int extra) {
        if (ids.length - count < extra) {
            ids = Arrays.copyOf(ids, Math.max(count + extra, count + (count >> 1)));
        }
    }

    int[] toArray() {
        return Arrays.copyOf(ids, count);
    }

    int[] toArray(int from) {
        return Arrays.copyOfRange(ids, from, count);
    }
}
