package io.jynamo.engine.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.jynamo.engine.BlockSpace.ElementType;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of four queries at a time over keys and values in native memory. A score is summed over the numbers of the
 * head in their order, a result over tokens in theirs: what a query gets does not depend on its neighbours.
 */
public final class AttentionKernels {
    /** Queries of a tile. */
    public static final int QUERIES = 4;

    private AttentionKernels() {}

    /**
     * Scores of a tile of queries and two vectors of keys, a key to a lane.
     *
     * @param queries {@code [head size][query]}, from {@code queriesAt} on
     * @param size numbers of a head
     * @param keys address of the first vector's number 0; number {@code d} is {@code d * keyStride} further
     * @param moreKeys the same of the second vector
     * @param keyStride in bytes
     * @param scores where query {@code i} gets its two vectors, at {@code at + i * stride}
     */
    public static void scores(
            float[] queries,
            int queriesAt,
            int size,
            long keys,
            long moreKeys,
            long keyStride,
            float[] scores,
            int at,
            int stride) {
        FloatVector a0 = FloatVector.zero(Lanes.FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        int q = queriesAt;
        for (int d = 0; d < size; d++) {
            FloatVector k = Lanes.floats(keys);
            FloatVector l = Lanes.floats(moreKeys);
            FloatVector t = FloatVector.broadcast(Lanes.FLOAT, queries[q]);
            a0 = k.fma(t, a0);
            b0 = l.fma(t, b0);
            t = FloatVector.broadcast(Lanes.FLOAT, queries[q + 1]);
            a1 = k.fma(t, a1);
            b1 = l.fma(t, b1);
            t = FloatVector.broadcast(Lanes.FLOAT, queries[q + 2]);
            a2 = k.fma(t, a2);
            b2 = l.fma(t, b2);
            t = FloatVector.broadcast(Lanes.FLOAT, queries[q + 3]);
            a3 = k.fma(t, a3);
            b3 = l.fma(t, b3);
            q += QUERIES;
            keys += keyStride;
            moreKeys += keyStride;
        }
        a0.intoArray(scores, at);
        b0.intoArray(scores, at + Lanes.COUNT);
        a1.intoArray(scores, at + stride);
        b1.intoArray(scores, at + stride + Lanes.COUNT);
        a2.intoArray(scores, at + 2 * stride);
        b2.intoArray(scores, at + 2 * stride + Lanes.COUNT);
        a3.intoArray(scores, at + 3 * stride);
        b3.intoArray(scores, at + 3 * stride + Lanes.COUNT);
    }

    /**
     * {@code out = sum of weights[t] * value t} for a tile of queries, one token after another.
     *
     * @param weights where query {@code i} has its weights, from {@code at + i * stride} on
     * @param rows address of each token's value, floats, from {@code first} on
     * @param out {@code [query][size]}, from {@code outAt} on
     */
    public static void weigh(
            float[] weights, int at, int stride, long[] rows, int first, int tokens, float[] out, int outAt, int size) {
        if (size % Lanes.COUNT != 0) {
            for (int i = 0; i < QUERIES; i++) {
                ScalarKernels.weigh(weights, at + i * stride, rows, first, tokens, out, outAt + i * size, size);
            }
            return;
        }
        int d = 0;
        for (; d + 2 * Lanes.COUNT <= size; d += 2 * Lanes.COUNT) {
            weighTwo(weights, at, stride, rows, first, tokens, 4L * d, out, outAt + d, size);
        }
        if (d < size) {
            weighOne(weights, at, stride, rows, first, tokens, 4L * d, out, outAt + d, size);
        }
    }

    private static void weighTwo(
            float[] weights,
            int at,
            int stride,
            long[] rows,
            int first,
            int tokens,
            long offset,
            float[] out,
            int outAt,
            int outStride) {
        // Sums that began with what is loaded from `out` would keep the compiler from holding them in registers.
        FloatVector a0 = FloatVector.zero(Lanes.FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        for (int t = 0; t < tokens; t++) {
            long value = rows[first + t] + offset;
            FloatVector v = Lanes.floats(value);
            FloatVector w = Lanes.floats(value + Strip.VECTOR);
            FloatVector p = FloatVector.broadcast(Lanes.FLOAT, weights[at + t]);
            a0 = v.fma(p, a0);
            b0 = w.fma(p, b0);
            p = FloatVector.broadcast(Lanes.FLOAT, weights[at + stride + t]);
            a1 = v.fma(p, a1);
            b1 = w.fma(p, b1);
            p = FloatVector.broadcast(Lanes.FLOAT, weights[at + 2 * stride + t]);
            a2 = v.fma(p, a2);
            b2 = w.fma(p, b2);
            p = FloatVector.broadcast(Lanes.FLOAT, weights[at + 3 * stride + t]);
            a3 = v.fma(p, a3);
            b3 = w.fma(p, b3);
        }
        a0.intoArray(out, outAt);
        b0.intoArray(out, outAt + Lanes.COUNT);
        a1.intoArray(out, outAt + outStride);
        b1.intoArray(out, outAt + outStride + Lanes.COUNT);
        a2.intoArray(out, outAt + 2 * outStride);
        b2.intoArray(out, outAt + 2 * outStride + Lanes.COUNT);
        a3.intoArray(out, outAt + 3 * outStride);
        b3.intoArray(out, outAt + 3 * outStride + Lanes.COUNT);
    }

    private static void weighOne(
            float[] weights,
            int at,
            int stride,
            long[] rows,
            int first,
            int tokens,
            long offset,
            float[] out,
            int outAt,
            int outStride) {
        for (int i = 0; i < QUERIES; i++) {
            FloatVector a = FloatVector.zero(Lanes.FLOAT);
            for (int t = 0; t < tokens; t++) {
                FloatVector weight = FloatVector.broadcast(Lanes.FLOAT, weights[at + i * stride + t]);
                a = Lanes.floats(rows[first + t] + offset).fma(weight, a);
            }
            a.intoArray(out, outAt + i * outStride);
        }
    }

    /**
     * Writes numbers to native memory, rounded to the cache's type.
     *
     * @param stride from number to number, in numbers
     */
    public static void store(ElementType type, float[] from, int at, int length, long address, int stride) {
        long step = (long) stride * type.bytes();
        for (int i = 0; i < length; i++) {
            float value = from[at + i];
            switch (type) {
                case F32 -> Lanes.MEMORY.set(JAVA_FLOAT_UNALIGNED, address, value);
                case F16 -> Lanes.MEMORY.set(JAVA_SHORT_UNALIGNED, address, Float.floatToFloat16(value));
                case BF16 -> Lanes.MEMORY.set(JAVA_SHORT_UNALIGNED, address, bfloat(value));
            }
            address += step;
        }
    }

    /** Writes {@code count} neighbouring numbers of the cache's type as floats. */
    public static void widen(ElementType type, long from, long to, int count) {
        int i = 0;
        if (type != ElementType.F32) {
            for (; i + Lanes.COUNT <= count; i += Lanes.COUNT) {
                long at = from + 2L * i;
                Lanes.store(type == ElementType.F16 ? Lanes.halves(at) : Lanes.bfloats(at), to + 4L * i);
            }
        }
        for (; i < count; i++) {
            Lanes.MEMORY.set(JAVA_FLOAT_UNALIGNED, to + 4L * i, element(type, from + (long) i * type.bytes()));
        }
    }

    /** Round to nearest, ties to even. */
    private static short bfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) 0x7FC0;
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    static float element(ElementType type, long address) {
        return switch (type) {
            case F32 -> Lanes.MEMORY.get(JAVA_FLOAT_UNALIGNED, address);
            case F16 -> Float.float16ToFloat(Lanes.MEMORY.get(JAVA_SHORT_UNALIGNED, address));
            case BF16 -> Float.intBitsToFloat(Lanes.MEMORY.get(JAVA_SHORT_UNALIGNED, address) << 16);
        };
    }
}
