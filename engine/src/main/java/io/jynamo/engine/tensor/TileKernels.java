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
        int group;

        /** Scales of the first panel's first group; the second panel's are {@code scaleStride} further. */
        int scalesAt;

        int scaleStride;
        int numbersAt;
        int sumsAt;
        int y0;
        int y1;
        int yStride;
    }

    private static FloatVector broadcast(float[] x, int at) {
        return FloatVector.broadcast(Lanes.FLOAT, x[at]);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(Lanes.FLOAT, x, at);
    }

    static void eight(Tile tile, Strip strip, Columns x, float[] y) {
        int weightsAt = 0;
        int numbersAt = tile.numbersAt;
        for (int g = 0; g < tile.groups; g++) {
            eightColumns(strip.weights, weightsAt, x.numbers, numbersAt, tile.group, strip.partial);
            accumulate(tile, strip, g, 8, x.sums, y);
            weightsAt += tile.group * 2 * Lanes.COUNT;
            numbersAt += tile.group * 8;
        }
    }

    static void four(Tile tile, Strip strip, Columns x, float[] y) {
        int weightsAt = 0;
        int numbersAt = tile.numbersAt;
        for (int g = 0; g < tile.groups; g++) {
            fourColumns(strip.weights, weightsAt, x.numbers, numbersAt, tile.group, strip.partial);
            accumulate(tile, strip, g, 4, x.sums, y);
            weightsAt += tile.group * 2 * Lanes.COUNT;
            numbersAt += tile.group * 4;
        }
    }

    private static void accumulate(Tile tile, Strip strip, int g, int width, float[] sums, float[] y) {
        int at = tile.scalesAt + g * 2 * Lanes.COUNT;
        FloatVector scale0 = load(strip.scales, at);
        FloatVector offset0 = load(strip.scales, at + Lanes.COUNT);
        FloatVector scale1 = load(strip.scales, at + tile.scaleStride);
        FloatVector offset1 = load(strip.scales, at + tile.scaleStride + Lanes.COUNT);
        int sumsAt = tile.sumsAt + ((g * tile.group) >> 5) * width;
        int y0 = tile.y0;
        int y1 = tile.y1;
        for (int column = 0; column < width; column++) {
            FloatVector sum = broadcast(sums, sumsAt + column);
            FloatVector s0 = load(strip.partial, column * 2 * Lanes.COUNT);
            FloatVector s1 = load(strip.partial, column * 2 * Lanes.COUNT + Lanes.COUNT);
            offset0.fma(sum, scale0.fma(s0, load(y, y0))).intoArray(y, y0);
            offset1.fma(sum, scale1.fma(s1, load(y, y1))).intoArray(y, y1);
            y0 += tile.yStride;
            y1 += tile.yStride;
        }
    }

    private static void eightColumns(float[] w, int wAt, float[] x, int xAt, int count, float[] out) {
        FloatVector a0 = FloatVector.zero(Lanes.FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        FloatVector b4 = a0;
        FloatVector b5 = a0;
        FloatVector b6 = a0;
        FloatVector b7 = a0;
        for (int i = 0; i < count; i++) {
            FloatVector u = load(w, wAt);
            FloatVector v = load(w, wAt + Lanes.COUNT);
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
            wAt += 2 * Lanes.COUNT;
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

    private static void pair(FloatVector a, FloatVector b, float[] out, int column) {
        a.intoArray(out, column * 2 * Lanes.COUNT);
        b.intoArray(out, column * 2 * Lanes.COUNT + Lanes.COUNT);
    }

    private static void fourColumns(float[] w, int wAt, float[] x, int xAt, int count, float[] out) {
        FloatVector a0 = FloatVector.zero(Lanes.FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        for (int i = 0; i < count; i++) {
            FloatVector u = load(w, wAt);
            FloatVector v = load(w, wAt + Lanes.COUNT);
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
            wAt += 2 * Lanes.COUNT;
            xAt += 4;
        }
        pair(a0, b0, out, 0);
        pair(a1, b1, out, 1);
        pair(a2, b2, out, 2);
        pair(a3, b3, out, 3);
    }
}
