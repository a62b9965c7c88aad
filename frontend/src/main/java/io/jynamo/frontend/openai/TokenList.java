package io.jynamo.frontend.openai;

import java.util.Arrays;

/** A growing list of token ids without boxes. */
public final class TokenList {
    private int[] ids = new int[16];
    private int count;

    public void add(int id) {
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
        }
        ids[count++] = id;
    }

    public int count() {
        return count;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public int at(int index) {
        return ids[index];
    }

    public int[] toArray() {
        return Arrays.copyOf(ids, count);
    }
}
