package io.jynamo.text.tokenizer;

import io.jynamo.text.Encoded;
import java.util.Arrays;
import java.util.function.IntFunction;

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

    /** The same within a limit that counts what is put around; {@code inner} is asked for what that leaves. */
    Encoded around(int limit, IntFunction<Encoded> inner) {
        return switch (inner.apply(limit - before.length - after.length)) {
            case Encoded.Whole whole -> new Encoded.Whole(around(whole.ids()));
            case Encoded.MoreThan ignored -> new Encoded.MoreThan(limit);
        };
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
