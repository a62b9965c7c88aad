package io.jynamo.engine.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Multiply the four panels of a {@link Strip} with one column: {@code y += W x}, decoding in registers.
 *
 * <p>The order of operations of one output, here and in every other kernel: for each group of columns
 * {@code s = 0; for k: s = fma(f(q_k), x_k, s)}, then {@code y = fma(s, scale, y); y = fma(sum(x), offset, y)}.
 *
 * <p>Loops over codes stay rolled: unrolled by hand, a kernel passes the compiler's limit on nodes, vectors are boxed,
 * and it runs twenty times slower.
 */
final class DotKernels {
    private DotKernels() {}

    static void dot(PackedFormat.Codes codes, Strip strip, Columns x, float[] y, int yAt) {
        switch (codes) {
            case FOUR -> four(strip, x.numbers, x.sums, y, yAt);
            case FIVE -> five(strip, x.numbers, x.sums, y, yAt);
            case EIGHT -> eight(strip, x.numbers, x.sums, y, yAt);
            case HALF -> half(strip, x.numbers, y, yAt);
            case BFLOAT -> bfloat(strip, x.numbers, y, yAt);
            case FLOAT -> full(strip, x.numbers, y, yAt);
        }
    }

    private static FloatVector broadcast(float[] x, int at) {
        return FloatVector.broadcast(Lanes.FLOAT, x[at]);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(Lanes.FLOAT, x, at);
    }

    private static FloatVector code(IntVector word, IntVector mask, IntVector one) {
        return word.and(mask).or(one).reinterpretAsFloats();
    }

    private static void four(Strip strip, float[] x, float[] sums, float[] y, int yAt) {
        IntVector mask = IntVector.broadcast(Lanes.INT, CodeConstants.fourMask);
        IntVector one = IntVector.broadcast(Lanes.INT, CodeConstants.one);
        long p0 = strip.codes0;
        long p1 = strip.codes1;
        long p2 = strip.codes2;
        long p3 = strip.codes3;
        float[] scales = strip.scales;
        int stride = strip.scalesPerPanel();
        FloatVector a0 = load(y, yAt);
        FloatVector a1 = load(y, yAt + Lanes.COUNT);
        FloatVector a2 = load(y, yAt + 2 * Lanes.COUNT);
        FloatVector a3 = load(y, yAt + 3 * Lanes.COUNT);
        for (int g = 0; g < strip.groups; g++) {
            FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int k = g * 32; k < g * 32 + 32; k += 8) {
                IntVector v0 = Lanes.ints(p0);
                IntVector v1 = Lanes.ints(p1);
                IntVector v2 = Lanes.ints(p2);
                IntVector v3 = Lanes.ints(p3);
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
                p0 += 4L * Lanes.COUNT;
                p1 += 4L * Lanes.COUNT;
                p2 += 4L * Lanes.COUNT;
                p3 += 4L * Lanes.COUNT;
            }
            FloatVector t = broadcast(sums, g);
            int at = g * 2 * Lanes.COUNT;
            a0 = load(scales, at + Lanes.COUNT).fma(t, load(scales, at).fma(s0, a0));
            at += stride;
            a1 = load(scales, at + Lanes.COUNT).fma(t, load(scales, at).fma(s1, a1));
            at += stride;
            a2 = load(scales, at + Lanes.COUNT).fma(t, load(scales, at).fma(s2, a2));
            at += stride;
            a3 = load(scales, at + Lanes.COUNT).fma(t, load(scales, at).fma(s3, a3));
        }
        store(y, yAt, a0, a1, a2, a3);
    }

    private static void store(float[] y, int yAt, FloatVector a0, FloatVector a1, FloatVector a2, FloatVector a3) {
        a0.intoArray(y, yAt);
        a1.intoArray(y, yAt + Lanes.COUNT);
        a2.intoArray(y, yAt + 2 * Lanes.COUNT);
        a3.intoArray(y, yAt + 3 * Lanes.COUNT);
    }

    /** Two panels at a time: a fifth bit doubles the registers. */
    private static void five(Strip strip, float[] x, float[] sums, float[] y, int yAt) {
        int stride = strip.scalesPerPanel();
        fivePair(strip, strip.codes0, strip.codes1, 0, x, sums, y, yAt, yAt + Lanes.COUNT);
        fivePair(
                strip,
                strip.codes2,
                strip.codes3,
                2 * stride,
                x,
                sums,
                y,
                yAt + 2 * Lanes.COUNT,
                yAt + 3 * Lanes.COUNT);
    }

    private static void fivePair(
            Strip strip, long p0, long p1, int scalesAt, float[] x, float[] sums, float[] y, int y0, int y1) {
        IntVector mask = IntVector.broadcast(Lanes.INT, CodeConstants.fiveMask);
        IntVector fifth = IntVector.broadcast(Lanes.INT, CodeConstants.fifthMask);
        IntVector one = IntVector.broadcast(Lanes.INT, CodeConstants.one);
        float[] scales = strip.scales;
        int stride = strip.scalesPerPanel();
        FloatVector a0 = load(y, y0);
        FloatVector a1 = load(y, y1);
        for (int g = 0; g < strip.groups; g++) {
            FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
            FloatVector s1 = s0;
            IntVector h0 = Lanes.ints(p0 + 16L * Lanes.COUNT);
            IntVector h1 = Lanes.ints(p1 + 16L * Lanes.COUNT);
            for (int k = g * 32; k < g * 32 + 32; k += 8) {
                IntVector v0 = Lanes.ints(p0);
                IntVector v1 = Lanes.ints(p1);
                for (int i = 0; i < 8; i++) {
                    FloatVector t = broadcast(x, k + i);
                    s0 = v0.and(mask)
                            .or(one)
                            .or(h0.and(fifth))
                            .reinterpretAsFloats()
                            .fma(t, s0);
                    s1 = v1.and(mask)
                            .or(one)
                            .or(h1.and(fifth))
                            .reinterpretAsFloats()
                            .fma(t, s1);
                    v0 = v0.lanewise(VectorOperators.ROR, 4);
                    v1 = v1.lanewise(VectorOperators.ROR, 4);
                    h0 = h0.lanewise(VectorOperators.ROR, 1);
                    h1 = h1.lanewise(VectorOperators.ROR, 1);
                }
                p0 += 4L * Lanes.COUNT;
                p1 += 4L * Lanes.COUNT;
            }
            p0 += 4L * Lanes.COUNT;
            p1 += 4L * Lanes.COUNT;
            FloatVector t = broadcast(sums, g);
            int at = scalesAt + g * 2 * Lanes.COUNT;
            a0 = load(scales, at + Lanes.COUNT).fma(t, load(scales, at).fma(s0, a0));
            at += stride;
            a1 = load(scales, at + Lanes.COUNT).fma(t, load(scales, at).fma(s1, a1));
        }
        a0.intoArray(y, y0);
        a1.intoArray(y, y1);
    }

    private static void eight(Strip strip, float[] x, float[] sums, float[] y, int yAt) {
        long p0 = strip.codes0;
        long p1 = strip.codes1;
        long p2 = strip.codes2;
        long p3 = strip.codes3;
        float[] scales = strip.scales;
        int stride = strip.scalesPerPanel();
        int group = strip.group;
        FloatVector a0 = load(y, yAt);
        FloatVector a1 = load(y, yAt + Lanes.COUNT);
        FloatVector a2 = load(y, yAt + 2 * Lanes.COUNT);
        FloatVector a3 = load(y, yAt + 3 * Lanes.COUNT);
        for (int g = 0; g < strip.groups; g++) {
            FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int k = g * group; k < g * group + group; k++) {
                FloatVector t = broadcast(x, k);
                s0 = Lanes.bytes(p0).fma(t, s0);
                s1 = Lanes.bytes(p1).fma(t, s1);
                s2 = Lanes.bytes(p2).fma(t, s2);
                s3 = Lanes.bytes(p3).fma(t, s3);
                p0 += Lanes.COUNT;
                p1 += Lanes.COUNT;
                p2 += Lanes.COUNT;
                p3 += Lanes.COUNT;
            }
            FloatVector t = broadcast(sums, (g * group) >> 5);
            int at = g * 2 * Lanes.COUNT;
            a0 = load(scales, at + Lanes.COUNT).fma(t, load(scales, at).fma(s0, a0));
            at += stride;
            a1 = load(scales, at + Lanes.COUNT).fma(t, load(scales, at).fma(s1, a1));
            at += stride;
            a2 = load(scales, at + Lanes.COUNT).fma(t, load(scales, at).fma(s2, a2));
            at += stride;
            a3 = load(scales, at + Lanes.COUNT).fma(t, load(scales, at).fma(s3, a3));
        }
        store(y, yAt, a0, a1, a2, a3);
    }

    private static void half(Strip strip, float[] x, float[] y, int yAt) {
        for (int panel = 0; panel < Strip.PANELS; panel += 2) {
            long p0 = strip.codes(panel);
            long p1 = strip.codes(panel + 1);
            FloatVector a0 = load(y, yAt + panel * Lanes.COUNT);
            FloatVector a1 = load(y, yAt + (panel + 1) * Lanes.COUNT);
            for (int g = 0; g < strip.groups; g++) {
                FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
                FloatVector s1 = s0;
                for (int k = g * 32; k < g * 32 + 32; k += 2) {
                    FloatVector t = broadcast(x, k);
                    FloatVector u = broadcast(x, k + 1);
                    IntVector v0 = Lanes.ints(p0);
                    IntVector v1 = Lanes.ints(p1);
                    s0 = Lanes.upperHalves(v0).fma(u, Lanes.lowerHalves(v0).fma(t, s0));
                    s1 = Lanes.upperHalves(v1).fma(u, Lanes.lowerHalves(v1).fma(t, s1));
                    p0 += 4L * Lanes.COUNT;
                    p1 += 4L * Lanes.COUNT;
                }
                a0 = a0.add(s0);
                a1 = a1.add(s1);
            }
            a0.intoArray(y, yAt + panel * Lanes.COUNT);
            a1.intoArray(y, yAt + (panel + 1) * Lanes.COUNT);
        }
    }

    private static void bfloat(Strip strip, float[] x, float[] y, int yAt) {
        for (int panel = 0; panel < Strip.PANELS; panel += 2) {
            long p0 = strip.codes(panel);
            long p1 = strip.codes(panel + 1);
            FloatVector a0 = load(y, yAt + panel * Lanes.COUNT);
            FloatVector a1 = load(y, yAt + (panel + 1) * Lanes.COUNT);
            for (int g = 0; g < strip.groups; g++) {
                FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
                FloatVector s1 = s0;
                for (int k = g * 32; k < g * 32 + 32; k += 2) {
                    FloatVector t = broadcast(x, k);
                    FloatVector u = broadcast(x, k + 1);
                    IntVector v0 = Lanes.ints(p0);
                    IntVector v1 = Lanes.ints(p1);
                    s0 = DecodeKernels.upperBfloats(v0)
                            .fma(u, DecodeKernels.lowerBfloats(v0).fma(t, s0));
                    s1 = DecodeKernels.upperBfloats(v1)
                            .fma(u, DecodeKernels.lowerBfloats(v1).fma(t, s1));
                    p0 += 4L * Lanes.COUNT;
                    p1 += 4L * Lanes.COUNT;
                }
                a0 = a0.add(s0);
                a1 = a1.add(s1);
            }
            a0.intoArray(y, yAt + panel * Lanes.COUNT);
            a1.intoArray(y, yAt + (panel + 1) * Lanes.COUNT);
        }
    }

    private static void full(Strip strip, float[] x, float[] y, int yAt) {
        for (int panel = 0; panel < Strip.PANELS; panel += 2) {
            long p0 = strip.codes(panel);
            long p1 = strip.codes(panel + 1);
            FloatVector a0 = load(y, yAt + panel * Lanes.COUNT);
            FloatVector a1 = load(y, yAt + (panel + 1) * Lanes.COUNT);
            for (int g = 0; g < strip.groups; g++) {
                FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
                FloatVector s1 = s0;
                for (int k = g * 32; k < g * 32 + 32; k++) {
                    FloatVector t = broadcast(x, k);
                    s0 = Lanes.floats(p0).fma(t, s0);
                    s1 = Lanes.floats(p1).fma(t, s1);
                    p0 += 4L * Lanes.COUNT;
                    p1 += 4L * Lanes.COUNT;
                }
                a0 = a0.add(s0);
                a1 = a1.add(s1);
            }
            a0.intoArray(y, yAt + panel * Lanes.COUNT);
            a1.intoArray(y, yAt + (panel + 1) * Lanes.COUNT);
        }
    }
}
