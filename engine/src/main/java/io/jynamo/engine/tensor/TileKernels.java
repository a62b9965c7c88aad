package io.jynamo.engine.tensor;

import jdk.incubator.vector.FloatVector;

/**
 * Multiply two decoded panels with a tile of columns: sixteen sums in registers for eight columns, eight for four. The
 * order of operations of one output is that of {@link DotKernels}.
 */
final class TileKernels {
    private TileKernels() {}

    /** Where one call works: a run of groups of two panels and one tile. */
    static final class Tile {
        int groups;

        /** Decoded weights of the first panel. */
        long weights;

        /** Scales of the first panel's first group. */
        long scales;

        int numbersAt;
        int sumsAt;
        int yAt;
        int yStride;
    }

    private static FloatVector broadcast(float[] x, int at) {
        return FloatVector.broadcast(Lanes.FLOAT, x[at]);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(Lanes.FLOAT, x, at);
    }

    static void eight(Tile tile, Strip strip, Columns x, float[] y) {
        long weights = tile.weights;
        int numbersAt = tile.numbersAt;
        for (int g = 0; g < tile.groups; g++) {
            int sumsAt = tile.sumsAt + ((g * strip.group) >> 5) * 8;
            eightColumns(weights, x.numbers, numbersAt, strip.bias, x.sums, sumsAt, strip.group, strip.partial);
            accumulate(tile, strip, g, 8, x.sums, y);
            weights += strip.group * Strip.ROW;
            numbersAt += strip.group * 8;
        }
    }

    static void four(Tile tile, Strip strip, Columns x, float[] y) {
        long weights = tile.weights;
        int numbersAt = tile.numbersAt;
        for (int g = 0; g < tile.groups; g++) {
            int sumsAt = tile.sumsAt + ((g * strip.group) >> 5) * 4;
            fourColumns(weights, x.numbers, numbersAt, strip.bias, x.sums, sumsAt, strip.group, strip.partial);
            accumulate(tile, strip, g, 4, x.sums, y);
            weights += strip.group * Strip.ROW;
            numbersAt += strip.group * 4;
        }
    }

    private static void accumulate(Tile tile, Strip strip, int g, int width, float[] sums, float[] y) {
        long scale = tile.scales + g * strip.scaleStride;
        FloatVector scale0 = Lanes.floats(scale);
        FloatVector scale1 = Lanes.floats(scale + Strip.VECTOR);
        FloatVector m0 = Lanes.floats(strip.pairs ? scale + Strip.ROW : scale);
        FloatVector m1 = Lanes.floats(strip.pairs ? scale + Strip.ROW + Strip.VECTOR : scale);
        int sumsAt = tile.sumsAt + ((g * strip.group) >> 5) * width;
        int at = tile.yAt;
        long partial = strip.partial;
        for (int column = 0; column < width; column++) {
            FloatVector y0 = scale0.fma(Lanes.floats(partial), load(y, at));
            FloatVector y1 = scale1.fma(Lanes.floats(partial + Strip.VECTOR), load(y, at + Lanes.COUNT));
            if (strip.pairs) {
                FloatVector sum = broadcast(sums, sumsAt + column);
                y0 = m0.fma(sum, y0);
                y1 = m1.fma(sum, y1);
            }
            y0.intoArray(y, at);
            y1.intoArray(y, at + Lanes.COUNT);
            at += tile.yStride;
            partial += 2 * Strip.VECTOR;
        }
    }

    private static void eightColumns(
            long w, float[] x, int xAt, float bias, float[] sums, int sumsAt, int count, long out) {
        FloatVector a0 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 0]);
        FloatVector a1 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 1]);
        FloatVector a2 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 2]);
        FloatVector a3 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 3]);
        FloatVector a4 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 4]);
        FloatVector a5 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 5]);
        FloatVector a6 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 6]);
        FloatVector a7 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 7]);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector b4 = a4;
        FloatVector b5 = a5;
        FloatVector b6 = a6;
        FloatVector b7 = a7;
        for (int i = 0; i < count; i++) {
            FloatVector u = Lanes.floats(w);
            FloatVector v = Lanes.floats(w + Strip.VECTOR);
            FloatVector t = broadcast(x, xAt);
            a0 = u.fma(t, a0);
            b0 = v.fma(t, b0);
            t = broadcast(x, xAt + 1);
            a1 = u.fma(t, a1);
            b1 = v.fma(t, b1);
            t = broadcast(x, xAt + 2);
            a2 = u.fma(t, a2);
            b2 = v.fma(t, b2);
            t = broadcast(x, xAt + 3);
            a3 = u.fma(t, a3);
            b3 = v.fma(t, b3);
            t = broadcast(x, xAt + 4);
            a4 = u.fma(t, a4);
            b4 = v.fma(t, b4);
            t = broadcast(x, xAt + 5);
            a5 = u.fma(t, a5);
            b5 = v.fma(t, b5);
            t = broadcast(x, xAt + 6);
            a6 = u.fma(t, a6);
            b6 = v.fma(t, b6);
            t = broadcast(x, xAt + 7);
            a7 = u.fma(t, a7);
            b7 = v.fma(t, b7);
            w += Strip.ROW;
            xAt += 8;
        }
        pair(a0, b0, out, 0);
        pair(a1, b1, out, 1);
        pair(a2, b2, out, 2);
        pair(a3, b3, out, 3);
        pair(a4, b4, out, 4);
        pair(a5, b5, out, 5);
        pair(a6, b6, out, 6);
        pair(a7, b7, out, 7);
    }

    private static void pair(FloatVector a, FloatVector b, long out, int column) {
        Lanes.store(a, out + column * 2 * Strip.VECTOR);
        Lanes.store(b, out + column * 2 * Strip.VECTOR + Strip.VECTOR);
    }

    private static void fourColumns(
            long w, float[] x, int xAt, float bias, float[] sums, int sumsAt, int count, long out) {
        FloatVector a0 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 0]);
        FloatVector a1 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 1]);
        FloatVector a2 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 2]);
        FloatVector a3 = FloatVector.broadcast(Lanes.FLOAT, bias * sums[sumsAt + 3]);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        for (int i = 0; i < count; i++) {
            FloatVector u = Lanes.floats(w);
            FloatVector v = Lanes.floats(w + Strip.VECTOR);
            FloatVector t = broadcast(x, xAt);
            a0 = u.fma(t, a0);
            b0 = v.fma(t, b0);
            t = broadcast(x, xAt + 1);
            a1 = u.fma(t, a1);
            b1 = v.fma(t, b1);
            t = broadcast(x, xAt + 2);
            a2 = u.fma(t, a2);
            b2 = v.fma(t, b2);
            t = broadcast(x, xAt + 3);
            a3 = u.fma(t, a3);
            b3 = v.fma(t, b3);
            w += Strip.ROW;
            xAt += 4;
        }
        pair(a0, b0, out, 0);
        pair(a1, b1, out, 1);
        pair(a2, b2, out, 2);
        pair(a3, b3, out, 3);
    }
}
