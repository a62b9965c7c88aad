package io.jynamo.text.tokenizer;

import java.util.Arrays;

/** A growing list of token ids, with a limit past which nobody wants them. */
final class IdBuffer {
    static final int UNLIMITED = Integer.MAX_VALUE;

    int[] ids = new int[4096];
    int count;
    private int limit = UNLIMITED;
    private boolean over;

    /** Empties it for the next text. */
    void begin(int most) {
        count = 0;
        limit = most;
        over = false;
    }

    /** Whether there are more than the limit, or surely will be: writing on has no use then. */
    boolean isOver() {
        return over || count > limit;
    }

    /** Notes that there surely will be more than the limit. */
    void giveUp() {
        over = true;
    }

    /** How many may still come. */
    int left() {
        return limit - count;
    }

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
