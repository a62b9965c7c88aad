package io.jynamo.engine.weights;

import io.jynamo.protocol.JynamoException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A reader over the head of a mapped file, little-endian. Every read is checked against the end of the file and against a limit on
 * how far a header may go.
 *
 * <p>It copies the file piece by piece into an array, because reading a hundred thousand short strings out of a mapped segment takes several
 * times as long before the compiler has warmed up.
 */
final class HeaderBytes {
    /** Real headers are below 20 MB (262,144 tokens with merges); past this the file is not trusted. */
    static final long LIMIT = 128L << 20;

    private static final int WINDOW = 1 << 18;
    private static final byte[] EMPTY = {};
    private static final ValueLayout.OfInt LITTLE_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat LITTLE_FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);

    private final MappedFile file;
    private final MemorySegment bytes;
    private final long end;
    private byte[] window = EMPTY;
    private long windowStart;
    private int next;

    HeaderBytes(MappedFile file) {
        this.file = file;
        this.bytes = file.bytes();
        this.end = Math.min(file.size(), LIMIT);
    }

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
    }

    long position() {
        return windowStart + next;
    }

    long remaining() {
        return end - position();
    }

    int u8(String what) {
        int at = take(1, what);
        return window[at] & 0xff;
    }

    int u16(String what) {
        int at = take(2, what);
        return (window[at] & 0xff) | (window[at + 1] & 0xff) << 8;
    }

    int i32(String what) {
        int at = take(4, what);
        return (int) INT.get(window, at);
    }

    long u32(String what) {
        return Integer.toUnsignedLong(i32(what));
    }

    /** All 64 bits; one past {@link Long#MAX_VALUE} comes out negative. */
    long i64(String what) {
        int at = take(8, what);
        return (long) LONG.get(window, at);
    }

    float f32(String what) {
        return Float.intBitsToFloat(i32(what));
    }

    double f64(String what) {
        return Double.longBitsToDouble(i64(what));
    }

    /** A 64-bit length and so many bytes of UTF-8. */
    String string(int maxBytes, String what) {
        long at = position();
        long length = i64(what);
        if (length < 0 || length > maxBytes) {
            throw corrupt(at, what + " claims " + Long.toUnsignedString(length) + " bytes, more than " + maxBytes);
        }
        int begin = take((int) length, what);
        return new String(window, begin, (int) length, StandardCharsets.UTF_8);
    }

    /** A 64-bit count of items that take at least {@code minBytes} each. */
    int count(int max, int minBytes, String what) {
        long at = position();
        long count = i64(what);
        if (count < 0 || count > max || count > remaining() / minBytes) {
            throw corrupt(at, what + " claims " + Long.toUnsignedString(count) + " entries, more than fit");
        }
        return (int) count;
    }

    /** So many 32-bit integers at once; the caller has checked the count. */
    int[] ints(int count, String what) {
        int[] values = new int[count];
        MemorySegment.copy(bytes, LITTLE_INT, skip(4L * count, what), values, 0, count);
        return values;
    }

    float[] floats(int count, String what) {
        float[] values = new float[count];
        MemorySegment.copy(bytes, LITTLE_FLOAT, skip(4L * count, what), values, 0, count);
        return values;
    }

    /** Steps over bytes that are read from the file itself, and returns where they begin there. */
    private long skip(long count, String what) {
        long position = position();
        if (count > end - position) {
            throw corrupt(position, "the file ends inside " + what);
        }
        window = EMPTY;
        windowStart = position + count;
        next = 0;
        return position;
    }

    JynamoException corrupt(long offset, String what) {
        return ModelFileProblem.corrupt(file.path(), offset, what);
    }

    /** Steps over {@code count} bytes and returns where in the window they begin. It may replace the window: call it before touching that. */
    private int take(int count, String what) {
        if (count > window.length - next) {
            refill(count, what);
        }
        int at = next;
        next += count;
        return at;
    }

    private void refill(int count, String what) {
        long position = position();
        if (count > end - position) {
            String limit = end < file.size() ? "the header goes past " + LIMIT + " bytes" : "the file ends";
            throw corrupt(position, limit + " inside " + what);
        }
        int length = (int) Math.min(Math.max(count, WINDOW), end - position);
        window = new byte[length];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, position, window, 0, length);
        windowStart = position;
        next = 0;
    }
}
