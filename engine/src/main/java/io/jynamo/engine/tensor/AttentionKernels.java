package io.jynamo.engine.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.jynamo.engine.BlockSpace.ElementType;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of one query over consecutive tokens of one KV block. Keys and values lie {@code [token][head size]} at a
 * native address. The order of additions depends on positions alone, never on how a prompt was cut into steps.
 */
public final class AttentionKernels {
    private AttentionKernels() {}

    /** {@code scores[at + t] = query . key t}: lanes run over the head, then are added up by halving. */
    public static void scores(
            ElementType type, float[] query, int queryAt, int size, long keys, int tokens, float[] scores, int at) {
        int row = size * type.bytes();
        if (size % Lanes.COUNT != 0) {
            for (int t = 0; t < tokens; t++) {
                scores[at + t] = ScalarKernels.score(type, query, queryAt, size, keys + (long) t * row);
            }
            return;
        }
        for (int t = 0; t < tokens; t++) {
            scores[at + t] = switch (type) {
                case F32 -> score32(query, queryAt, size, keys);
                case F16 -> score16(query, queryAt, size, keys);
                case BF16 -> scoreB16(query, queryAt, size, keys);
            };
            keys += row;
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
