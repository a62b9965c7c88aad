package io.jynamo.engine.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.jynamo.engine.BlockSpace.ElementType;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Attention of one query over consecutive tokens of one KV block. Keys and values lie {@code [token][head size]} at a
 * native address. The order of additions depends on positions alone, never on how a prompt was cut into steps.
 */
public final class AttentionKernels {
    private AttentionKernels() {}

    /**
     * {@code scores[at + t] = query . key t}: lanes run over the head, then are added up by halving.
     *
     * @param partial scratch, lanes times lanes
     */
    public static void scores(
            ElementType type,
            float[] query,
            int queryAt,
            int size,
            long keys,
            int tokens,
            float[] scores,
            int at,
            float[] partial) {
        long row = (long) size * type.bytes();
        if (size % Lanes.COUNT != 0) {
            for (int t = 0; t < tokens; t++) {
                scores[at + t] = ScalarKernels.score(type, query, queryAt, size, keys + t * row);
            }
            return;
        }
        int t = 0;
        if (type == ElementType.F32) {
            for (; t + Lanes.COUNT <= tokens; t += Lanes.COUNT) {
                for (int four = 0; four < Lanes.COUNT; four += 4) {
                    fourProducts(query, queryAt, size, keys + (t + four) * row, partial, four * Lanes.COUNT);
                }
                totals(partial).intoArray(scores, at + t);
            }
        }
        for (; t < tokens; t++) {
            long key = keys + t * row;
            scores[at + t] = switch (type) {
                case F32 -> score32(query, queryAt, size, key);
                case F16 -> score16(query, queryAt, size, key);
                case BF16 -> scoreB16(query, queryAt, size, key);
            };
        }
    }

    /** The query times four keys, lanes not yet added up. */
    private static void fourProducts(float[] query, int queryAt, int size, long key, float[] out, int at) {
        FloatVector a0 = FloatVector.zero(Lanes.FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        long row = 4L * size;
        for (int i = 0; i < size; i += Lanes.COUNT) {
            FloatVector q = FloatVector.fromArray(Lanes.FLOAT, query, queryAt + i);
            a0 = Lanes.floats(key).fma(q, a0);
            a1 = Lanes.floats(key + row).fma(q, a1);
            a2 = Lanes.floats(key + 2 * row).fma(q, a2);
            a3 = Lanes.floats(key + 3 * row).fma(q, a3);
            key += Strip.VECTOR;
        }
        a0.intoArray(out, at);
        a1.intoArray(out, at + Lanes.COUNT);
        a2.intoArray(out, at + 2 * Lanes.COUNT);
        a3.intoArray(out, at + 3 * Lanes.COUNT);
    }

    private static final VectorMask<Float> BIT_8 = bit(8);
    private static final VectorMask<Float> BIT_4 = bit(4);
    private static final VectorMask<Float> BIT_2 = bit(2);
    private static final VectorMask<Float> BIT_1 = bit(1);
    private static final VectorShuffle<Float> FLIP_8 = flip(8);
    private static final VectorShuffle<Float> FLIP_4 = flip(4);
    private static final VectorShuffle<Float> FLIP_2 = flip(2);
    private static final VectorShuffle<Float> FLIP_1 = flip(1);

    private static VectorMask<Float> bit(int bit) {
        boolean[] lanes = new boolean[Lanes.COUNT];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = (i & bit) != 0;
        }
        return VectorMask.fromArray(Lanes.FLOAT, lanes, 0);
    }

    private static VectorShuffle<Float> flip(int bit) {
        return VectorShuffle.fromOp(Lanes.FLOAT, i -> (i ^ bit) % Lanes.COUNT);
    }

    /**
     * As many vectors as lanes, each added up by halving like {@link VectorMath#total}: lane i of the result is vector i's
     * total. Each level folds two vectors into one, and the vector's number becomes the lane's, bit by bit.
     */
    private static FloatVector totals(float[] vectors) {
        if (Lanes.COUNT > 8) {
            fold(vectors, 8, BIT_8, FLIP_8);
        }
        if (Lanes.COUNT > 4) {
            fold(vectors, 4, BIT_4, FLIP_4);
        }
        fold(vectors, 2, BIT_2, FLIP_2);
        fold(vectors, 1, BIT_1, FLIP_1);
        return FloatVector.fromArray(Lanes.FLOAT, vectors, 0);
    }

    private static void fold(float[] vectors, int half, VectorMask<Float> bit, VectorShuffle<Float> flip) {
        for (int i = 0; i < half; i++) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOAT, vectors, i * Lanes.COUNT);
            FloatVector y = FloatVector.fromArray(Lanes.FLOAT, vectors, (i + half) * Lanes.COUNT);
            x.blend(y, bit).add(y.blend(x, bit).rearrange(flip)).intoArray(vectors, i * Lanes.COUNT);
        }
    }

    private static float score32(float[] query, int queryAt, int size, long key) {
        FloatVector sum = FloatVector.zero(Lanes.FLOAT);
        for (int i = 0; i < size; i += Lanes.COUNT) {
            sum = Lanes.floats(key).fma(FloatVector.fromArray(Lanes.FLOAT, query, queryAt + i), sum);
            key += 4L * Lanes.COUNT;
        }
        return VectorMath.total(sum);
    }

    private static float score16(float[] query, int queryAt, int size, long key) {
        FloatVector sum = FloatVector.zero(Lanes.FLOAT);
        for (int i = 0; i < size; i += Lanes.COUNT) {
            sum = Lanes.halves(key).fma(FloatVector.fromArray(Lanes.FLOAT, query, queryAt + i), sum);
            key += 2L * Lanes.COUNT;
        }
        return VectorMath.total(sum);
    }

    private static float scoreB16(float[] query, int queryAt, int size, long key) {
        FloatVector sum = FloatVector.zero(Lanes.FLOAT);
        for (int i = 0; i < size; i += Lanes.COUNT) {
            sum = Lanes.bfloats(key).fma(FloatVector.fromArray(Lanes.FLOAT, query, queryAt + i), sum);
            key += 2L * Lanes.COUNT;
        }
        return VectorMath.total(sum);
    }

    /** {@code out += sum of weights[at + t] * value t}, one token after another. */
    public static void weigh(
            ElementType type, float[] weights, int at, long values, int tokens, float[] out, int outAt, int size) {
        if (size % Lanes.COUNT != 0) {
            ScalarKernels.weigh(type, weights, at, values, tokens, out, outAt, size);
            return;
        }
        int step = size % (4 * Lanes.COUNT) == 0 ? 4 : 1;
        for (int i = 0; i < size; i += step * Lanes.COUNT) {
            long from = values + (long) i * type.bytes();
            if (step == 4 && type == ElementType.F32) {
                weighFour(weights, at, from, 4L * size, tokens, out, outAt + i);
            } else {
                for (int j = 0; j < step * Lanes.COUNT; j += Lanes.COUNT) {
                    weighOne(type, weights, at, from + (long) j * type.bytes(), size, tokens, out, outAt + i + j);
                }
            }
        }
    }

    private static void weighFour(float[] weights, int at, long values, long row, int tokens, float[] out, int outAt) {
        FloatVector a0 = FloatVector.fromArray(Lanes.FLOAT, out, outAt);
        FloatVector a1 = FloatVector.fromArray(Lanes.FLOAT, out, outAt + Lanes.COUNT);
        FloatVector a2 = FloatVector.fromArray(Lanes.FLOAT, out, outAt + 2 * Lanes.COUNT);
        FloatVector a3 = FloatVector.fromArray(Lanes.FLOAT, out, outAt + 3 * Lanes.COUNT);
        for (int t = 0; t < tokens; t++) {
            FloatVector weight = FloatVector.broadcast(Lanes.FLOAT, weights[at + t]);
            a0 = Lanes.floats(values).fma(weight, a0);
            a1 = Lanes.floats(values + 4L * Lanes.COUNT).fma(weight, a1);
            a2 = Lanes.floats(values + 8L * Lanes.COUNT).fma(weight, a2);
            a3 = Lanes.floats(values + 12L * Lanes.COUNT).fma(weight, a3);
            values += row;
        }
        a0.intoArray(out, outAt);
        a1.intoArray(out, outAt + Lanes.COUNT);
        a2.intoArray(out, outAt + 2 * Lanes.COUNT);
        a3.intoArray(out, outAt + 3 * Lanes.COUNT);
    }

    /** {@link #weigh} for two heads that share their values; their outputs are neighbours. */
    public static void weighTwo(
            ElementType type,
            float[] weights,
            int at,
            int otherAt,
            long values,
            int tokens,
            float[] out,
            int outAt,
            int size) {
        if (type != ElementType.F32 || size % (4 * Lanes.COUNT) != 0) {
            weigh(type, weights, at, values, tokens, out, outAt, size);
            weigh(type, weights, otherAt, values, tokens, out, outAt + size, size);
            return;
        }
        for (int i = 0; i < size; i += 4 * Lanes.COUNT) {
            weighEight(weights, at, otherAt, values + 4L * i, 4L * size, tokens, out, outAt + i, outAt + size + i);
        }
    }

    private static void weighEight(
            float[] weights, int at, int otherAt, long values, long row, int tokens, float[] out, int aAt, int bAt) {
        FloatVector a0 = FloatVector.fromArray(Lanes.FLOAT, out, aAt);
        FloatVector a1 = FloatVector.fromArray(Lanes.FLOAT, out, aAt + Lanes.COUNT);
        FloatVector a2 = FloatVector.fromArray(Lanes.FLOAT, out, aAt + 2 * Lanes.COUNT);
        FloatVector a3 = FloatVector.fromArray(Lanes.FLOAT, out, aAt + 3 * Lanes.COUNT);
        FloatVector b0 = FloatVector.fromArray(Lanes.FLOAT, out, bAt);
        FloatVector b1 = FloatVector.fromArray(Lanes.FLOAT, out, bAt + Lanes.COUNT);
        FloatVector b2 = FloatVector.fromArray(Lanes.FLOAT, out, bAt + 2 * Lanes.COUNT);
        FloatVector b3 = FloatVector.fromArray(Lanes.FLOAT, out, bAt + 3 * Lanes.COUNT);
        for (int t = 0; t < tokens; t++) {
            FloatVector p = FloatVector.broadcast(Lanes.FLOAT, weights[at + t]);
            FloatVector q = FloatVector.broadcast(Lanes.FLOAT, weights[otherAt + t]);
            FloatVector v = Lanes.floats(values);
            a0 = v.fma(p, a0);
            b0 = v.fma(q, b0);
            v = Lanes.floats(values + Strip.VECTOR);
            a1 = v.fma(p, a1);
            b1 = v.fma(q, b1);
            v = Lanes.floats(values + 2 * Strip.VECTOR);
            a2 = v.fma(p, a2);
            b2 = v.fma(q, b2);
            v = Lanes.floats(values + 3 * Strip.VECTOR);
            a3 = v.fma(p, a3);
            b3 = v.fma(q, b3);
            values += row;
        }
        a0.intoArray(out, aAt);
        a1.intoArray(out, aAt + Lanes.COUNT);
        a2.intoArray(out, aAt + 2 * Lanes.COUNT);
        a3.intoArray(out, aAt + 3 * Lanes.COUNT);
        b0.intoArray(out, bAt);
        b1.intoArray(out, bAt + Lanes.COUNT);
        b2.intoArray(out, bAt + 2 * Lanes.COUNT);
        b3.intoArray(out, bAt + 3 * Lanes.COUNT);
    }

    private static void weighOne(
            ElementType type, float[] weights, int at, long values, int size, int tokens, float[] out, int outAt) {
        FloatVector a = FloatVector.fromArray(Lanes.FLOAT, out, outAt);
        long row = (long) size * type.bytes();
        for (int t = 0; t < tokens; t++) {
            FloatVector weight = FloatVector.broadcast(Lanes.FLOAT, weights[at + t]);
            FloatVector value = switch (type) {
                case F32 -> Lanes.floats(values);
                case F16 -> Lanes.halves(values);
                case BF16 -> Lanes.bfloats(values);
            };
            a = value.fma(weight, a);
            values += row;
        }
        a.intoArray(out, outAt);
    }

    /** Writes numbers to native memory, rounded to the cache's type. */
    public static void store(ElementType type, float[] from, int at, int length, long address) {
        for (int i = 0; i < length; i++) {
            float value = from[at + i];
            switch (type) {
                case F32 -> Lanes.MEMORY.set(JAVA_FLOAT_UNALIGNED, address + 4L * i, value);
                case F16 -> Lanes.MEMORY.set(JAVA_SHORT_UNALIGNED, address + 2L * i, Float.floatToFloat16(value));
                case BF16 -> Lanes.MEMORY.set(JAVA_SHORT_UNALIGNED, address + 2L * i, bfloat(value));
            }
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
