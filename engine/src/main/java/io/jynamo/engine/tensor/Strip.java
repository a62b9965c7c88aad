package io.jynamo.engine.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The strip of a matrix that a thread is multiplying, and the scratch it does so in: aligned native memory, because a
 * vector that straddles two cache lines costs twice, and Java arrays are never aligned to one.
 */
final class Strip {
    /** Columns of weights decoded at once, so that they stay in a core's first-level cache. */
    static final int CHUNK = 128;

    /** Bytes of a vector. */
    static final long VECTOR = 4L * Lanes.COUNT;

    /** Bytes of a vector for each panel. */
    static final long ROW = PackedMatrix.PANELS * VECTOR;

    private final Arena arena = Arena.ofAuto();

    /** Scales of formats without any. */
    private MemorySegment ones = MemorySegment.NULL;

    /** Decoded codes, {@code [column][panel][lane]} floats. */
    final long weights;

    /** Sums of one group and column, {@code [panel][lane]} floats. */
    final long partial;

    /** The strip's codes in the matrix. */
    long codes;

    /** Its scales, {@code [group][scale, m where there is one][panel][lane]}. */
    long scales;

    /** Bytes from group to group. */
    long scaleStride;

    /** Whether each group has an m. */
    boolean pairs;

    int groups;
    int group;
    float bias;

    Strip() {
        weights =
                NativeMemory.allocate(arena, CHUNK * ROW, "a thread's scratch").address();
        partial = NativeMemory.allocate(arena, ROW, "a thread's scratch").address();
    }

    /** Points at a strip of the matrix. */
    void point(PackedMatrix matrix, int strip) {
        PackedFormat format = matrix.format;
        groups = matrix.groups();
        group = format.group;
        bias = format.bias;
        pairs = format.scales == PackedFormat.Scales.PAIR;
        scaleStride = pairs ? 2 * ROW : ROW;
        codes = matrix.address() + matrix.codes(strip);
        scales = matrix.address() + matrix.scales(strip);
        if (format.scales == PackedFormat.Scales.NONE) {
            scales = ones();
        }
    }

    private long ones() {
        long size = groups * scaleStride;
        if (ones.byteSize() < size) {
            ones = NativeMemory.allocate(arena, size, "a thread's scratch");
            for (long at = 0; at < size; at += 4) {
                ones.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, 1);
            }
        }
        return ones.address();
    }
}
