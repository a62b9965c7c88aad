package io.jynamo.text.template;

import java.util.AbstractList;
import java.util.RandomAccess;

/** Python's range: integers that are computed, not stored. */
final class Range extends AbstractList<Object> implements RandomAccess {
    private static final int LONGEST = 100_000;

    private final long start;
    private final long stop;
    private final long step;
    private final int size;

    Range(long start, long stop, long step) {
        this.start = start;
        this.stop = stop;
        this.step = step;
        this.size = sizeOf(start, stop, step);
    }

    private static int sizeOf(long start, long stop, long step) {
        if (step == 0) {
            throw TemplateFailure.value("range() arg 3 must not be zero");
        }
        if (step > 0 ? start >= stop : start <= stop) {
            return 0;
        }
        var size = Math.ceil(((double) stop - start) / step);
        if (size > LONGEST) {
            throw new TemplateFailure(
                    "OverflowError",
                    "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + LONGEST + ").");
        }
        return (int) size;
    }

    @Override
    public Object get(int index) {
        return start + index * step;
    }

    @Override
    public int size() {
        return size;
    }

    String representation() {
        return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
    }
}
