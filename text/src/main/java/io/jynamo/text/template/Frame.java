package io.jynamo.text.template;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The values of the names of one running template, macro or recursive loop turn. */
final class Frame {
    /** Stands where a name has no value yet; None is null. */
    static final Object UNSET = new Object();

    private final Rendering rendering;
    private final @Nullable Frame outer;
    private final @Nullable Object[] values;

    Frame(Rendering rendering, @Nullable Frame outer, int size) {
        this.rendering = rendering;
        this.outer = outer;
        this.values = new Object[size];
        Arrays.fill(values, UNSET);
    }

    Rendering rendering() {
        return rendering;
    }

    @Nullable
    Object get(int slot) {
        return values[slot];
    }

    void set(int slot, @Nullable Object value) {
        values[slot] = value;
    }

    void clear(int from, int to) {
        Arrays.fill(values, from, to, UNSET);
    }

    Frame out(int hops) {
        var frame = this;
        for (int i = 0; i < hops; i++) {
            frame = java.util.Objects.requireNonNull(frame.outer);
        }
        return frame;
    }
}
