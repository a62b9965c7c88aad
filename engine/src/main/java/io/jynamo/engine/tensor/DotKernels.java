package io.jynamo.engine.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Multiply a {@link Strip} with one column: {@code y += W x}, decoding in registers.
 *
 * <p>The order of operations of one output, here and in every other kernel: for each group of columns
 * {@code s = bias * sum(x); for k: s = fma(f(q_k), x_k, s)}, then {@code y = fma(s, scale, y)} and, where there is an m,
 * {@code y = fma(sum(x), m, y)}.
 *
 * <p>Loops over codes stay rolled: unrolled by hand, a kernel passes the compiler's limit on nodes, vectors are boxed,
 * and it runs twenty times slower.
 */
final class DotKernels {
    private static final long VECTOR = Strip.VECTOR;

    private DotKernels() {}

    static void dot(PackedFormat.Codes codes, Strip strip, Columns x, float[] y, int yAt) {
        switch (codes) {
            case FOUR -> four(strip, x.numbers, x.sums, y, yAt);
            case FIVE -> five(strip, x.numbers, x.sums, y, yAt);
            case EIGHT -> eight(strip, x.numbers, y, yAt);
            case HALF -> half(strip, x.numbers, y, yAt);
            case BFLOAT -> bfloat(strip, x.numbers, y, yAt);
            case FLOAT -> full(strip, x.numbers, y, yAt);
        }
    }

    private static FloatVector broadcast(float[] x, int at) {
        return FloatVector.broadcast(Lanes.FLOAT, x[at]);
    }

    private static FloatVector code(IntVector word, IntVector mask, IntVector one) {
        return word.and(mask).or(one).reinterpretAsFloats();
    }

    /** Adds a group's four sums to y. A rolled loop: the compiler's limit on nodes counts inlined callers too. */
    private static void add(
            Strip strip,
            int g,
            float sum,
            FloatVector s0,
            FloatVector s1,
            FloatVector s2,
            FloatVector s3,
            float[] y,
            int yAt) {
        Lanes.store(s0, strip.partial);
        Lanes.store(s1, strip.partial + VECTOR);
        Lanes.store(s2, strip.partial + 2 * VECTOR);
        Lanes.store(s3, strip.partial + 3 * VECTOR);
        add(strip, g, sum, y, yAt);
    }

    private static void add(Strip strip, int g, float sum, float[] y, int yAt) {
        long partial = strip.partial;
        long scale = strip.scales + g * strip.scaleStride;
        for (int panel = 0; panel < PackedMatrix.PANELS; panel++) {
            FloatVector a = FloatVector.fromArray(Lanes.FLOAT, y, yAt);
            a = Lanes.floats(scale).fma(Lanes.floats(partial), a);
            if (strip.pairs) {
                a = Lanes.floats(scale + Strip.ROW).fma(FloatVector.broadcast(Lanes.FLOAT, sum), a);
            }
            a.intoArray(y, yAt);
            scale += VECTOR;
            partial += VECTOR;
            yAt += Lanes.COUNT;
        }
    }

    private static void four(Strip strip, float[] x, float[] sums, float[] y, int yAt) {
        IntVector mask = IntVector.broadcast(Lanes.INT, CodeConstants.fourMask);
        IntVector one = IntVector.broadcast(Lanes.INT, CodeConstants.one);
        long p = strip.codes;
        for (int g = 0; g < strip.groups; g++) {
            FloatVector s0 = FloatVector.broadcast(Lanes.FLOAT, strip.bias * sums[g]);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int k = g * 32; k < g * 32 + 32; k += 8) {
                IntVector v0 = Lanes.ints(p);
                IntVector v1 = Lanes.ints(p + VECTOR);
                IntVector v2 = Lanes.ints(p + 2 * VECTOR);
                IntVector v3 = Lanes.ints(p + 3 * VECTOR);
                for (int i = 0; i < 8; i++) {
                    FloatVector t = broadcast(x, k + i);
                    s0 = code(v0, mask, one).fma(t, s0);
                    s1 = code(v1, mask, one).fma(t, s1);
                    s2 = code(v2, mask, one).fma(t, s2);
                    s3 = code(v3, mask, one).fma(t, s3);
                    v0 = v0.lanewise(VectorOperators.ROR, 4);
                    v1 = v1.lanewise(VectorOperators.ROR, 4);
                    v2 = v2.lanewise(VectorOperators.ROR, 4);
                    v3 = v3.lanewise(VectorOperators.ROR, 4);
                }
                p += Strip.ROW;
            }
            add(strip, g, sums[g], s0, s1, s2, s3, y, yAt);
        }
    }

    private static FloatVector code(IntVector word, IntVector mask, IntVector high, IntVector fifth, IntVector one) {
        return word.and(mask).or(one).or(high.and(fifth)).reinterpretAsFloats();
    }

    /** Two panels at a time, to stay within the compiler's limit on nodes. */
    private static void five(Strip strip, float[] x, float[] sums, float[] y, int yAt) {
        long p = strip.codes;
        for (int g = 0; g < strip.groups; g++) {
            fivePair(p, x, g * 32, strip.bias * sums[g], strip.partial);
            fivePair(p + 2 * VECTOR, x, g * 32, strip.bias * sums[g], strip.partial + 2 * VECTOR);
            add(strip, g, sums[g], y, yAt);
            p += 5 * Strip.ROW;
        }
    }

    private static void fivePair(long p, float[] x, int xAt, float start, long to) {
        IntVector mask = IntVector.broadcast(Lanes.INT, CodeConstants.fiveMask);
        IntVector fifth = IntVector.broadcast(Lanes.INT, CodeConstants.fifthMask);
        IntVector one = IntVector.broadcast(Lanes.INT, CodeConstants.one);
        FloatVector s0 = FloatVector.broadcast(Lanes.FLOAT, start);
        FloatVector s1 = s0;
        IntVector h0 = Lanes.ints(p);
        IntVector h1 = Lanes.ints(p + VECTOR);
        for (int k = xAt; k < xAt + 32; k += 8) {
            p += Strip.ROW;
            IntVector v0 = Lanes.ints(p);
            IntVector v1 = Lanes.ints(p + VECTOR);
            for (int i = 0; i < 8; i++) {
                FloatVector t = broadcast(x, k + i);
                s0 = code(v0, mask, h0, fifth, one).fma(t, s0);
                s1 = code(v1, mask, h1, fifth, one).fma(t, s1);
                v0 = v0.lanewise(VectorOperators.ROR, 4);
                v1 = v1.lanewise(VectorOperators.ROR, 4);
                h0 = h0.lanewise(VectorOperators.ROR, 1);
                h1 = h1.lanewise(VectorOperators.ROR, 1);
            }
        }
        Lanes.store(s0, to);
        Lanes.store(s1, to + VECTOR);
    }

    private static void eight(Strip strip, float[] x, float[] y, int yAt) {
        long p = strip.codes;
        int group = strip.group;
        for (int g = 0; g < strip.groups; g++) {
            FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int k = g * group; k < g * group + group; k++) {
                FloatVector t = broadcast(x, k);
                s0 = Lanes.bytes(p).fma(t, s0);
                s1 = Lanes.bytes(p + Lanes.COUNT).fma(t, s1);
                s2 = Lanes.bytes(p + 2L * Lanes.COUNT).fma(t, s2);
                s3 = Lanes.bytes(p + 3L * Lanes.COUNT).fma(t, s3);
                p += 4L * Lanes.COUNT;
            }
            add(strip, g, 0, s0, s1, s2, s3, y, yAt);
        }
    }

    private static void half(Strip strip, float[] x, float[] y, int yAt) {
        FloatVector factor = FloatVector.broadcast(Lanes.FLOAT, Lanes.HALF_TO_FLOAT);
        long p = strip.codes;
        for (int g = 0; g < strip.groups; g++) {
            FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int k = g * 32; k < g * 32 + 32; k += 2) {
                FloatVector t = broadcast(x, k);
                FloatVector u = broadcast(x, k + 1);
                IntVector v0 = Lanes.ints(p);
                IntVector v1 = Lanes.ints(p + VECTOR);
                IntVector v2 = Lanes.ints(p + 2 * VECTOR);
                IntVector v3 = Lanes.ints(p + 3 * VECTOR);
                s0 = Lanes.smallLowerHalves(v0).mul(factor).fma(t, s0);
                s1 = Lanes.smallLowerHalves(v1).mul(factor).fma(t, s1);
                s2 = Lanes.smallLowerHalves(v2).mul(factor).fma(t, s2);
                s3 = Lanes.smallLowerHalves(v3).mul(factor).fma(t, s3);
                s0 = Lanes.smallUpperHalves(v0).mul(factor).fma(u, s0);
                s1 = Lanes.smallUpperHalves(v1).mul(factor).fma(u, s1);
                s2 = Lanes.smallUpperHalves(v2).mul(factor).fma(u, s2);
                s3 = Lanes.smallUpperHalves(v3).mul(factor).fma(u, s3);
                p += Strip.ROW;
            }
            add(strip, g, 0, s0, s1, s2, s3, y, yAt);
        }
    }

    private static void bfloat(Strip strip, float[] x, float[] y, int yAt) {
        long p = strip.codes;
        for (int g = 0; g < strip.groups; g++) {
            FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int k = g * 32; k < g * 32 + 32; k += 2) {
                FloatVector t = broadcast(x, k);
                FloatVector u = broadcast(x, k + 1);
                IntVector v0 = Lanes.ints(p);
                IntVector v1 = Lanes.ints(p + VECTOR);
                IntVector v2 = Lanes.ints(p + 2 * VECTOR);
                IntVector v3 = Lanes.ints(p + 3 * VECTOR);
                s0 = DecodeKernels.lowerBfloats(v0).fma(t, s0);
                s1 = DecodeKernels.lowerBfloats(v1).fma(t, s1);
                s2 = DecodeKernels.lowerBfloats(v2).fma(t, s2);
                s3 = DecodeKernels.lowerBfloats(v3).fma(t, s3);
                s0 = DecodeKernels.upperBfloats(v0).fma(u, s0);
                s1 = DecodeKernels.upperBfloats(v1).fma(u, s1);
                s2 = DecodeKernels.upperBfloats(v2).fma(u, s2);
                s3 = DecodeKernels.upperBfloats(v3).fma(u, s3);
                p += Strip.ROW;
            }
            add(strip, g, 0, s0, s1, s2, s3, y, yAt);
        }
    }

    private static void full(Strip strip, float[] x, float[] y, int yAt) {
        long p = strip.codes;
        for (int g = 0; g < strip.groups; g++) {
            FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int k = g * 32; k < g * 32 + 32; k++) {
                FloatVector t = broadcast(x, k);
                s0 = Lanes.floats(p).fma(t, s0);
                s1 = Lanes.floats(p + VECTOR).fma(t, s1);
                s2 = Lanes.floats(p + 2 * VECTOR).fma(t, s2);
                s3 = Lanes.floats(p + 3 * VECTOR).fma(t, s3);
                p += Strip.ROW;
            }
            add(strip, g, 0, s0, s1, s2, s3, y, yAt);
        }
    }
}
