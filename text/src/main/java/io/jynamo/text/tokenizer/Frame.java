package io.jynamo.text.tokenizer;

import java.util.Arrays;

/** The ids a tokenizer puts before and after one text. */
final class Frame {
    static final Frame NONE = new Frame(new int[0], new int[0]);

    private final int[] before;
    private final int[] after;

    Frame(int[] before, int[] after) {
        this.before = before.clone();
        this.after = after.clone();
    }

    int[] around(int[] ids) {
        return join(join(before, ids), after);
    }

    /** What {@code outer} puts around what this one puts around a text. */
    Frame within(Frame outer) {
        return new Frame(join(outer.before, before), join(after, outer.after));
    }

    private static int[] join(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
