package io.jynamo.engine.tensor;

import jdk.incubator.vector.FloatVector;

/**
 * Multiply decoded panels with a tile of columns: two panels by four columns at a time, so that sums and outputs stay in
 * registers and each load of weights or numbers feeds more than one multiplication. The order of operations of one output
 * is that of {@link DotKernels}.
 */
final class TileKernels {
    private TileKernels() {}

    /** Where one call works: a run of groups of two panels and four columns of a tile. */
    static final class Tile {
        int groups;

        /** Decoded weights of the first panel. */
        long weights;

        /** Scales of the first panel's first group. */
        long scales;

        /** Columns of the tile: from number to number, and from sum to sum. */
        int width;

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

    static void four(Tile tile, Strip strip, float[] x, float[] sums, float[] y) {
        long w = tile.weights;
        int xAt = tile.numbersAt;
        int width = tile.width;
        int group = strip.group;
        int at0 = tile.yAt;
        int at1 = at0 + tile.yStride;
        int at2 = at1 + tile.yStride;
        int at3 = at2 + tile.yStride;
        FloatVector c0 = load(y, at0);
        FloatVector c1 = load(y, at1);
        FloatVector c2 = load(y, at2);
        FloatVector c3 = load(y, at3);
        FloatVector d0 = load(y, at0 + Lanes.COUNT);
        FloatVector d1 = load(y, at1 + Lanes.COUNT);
        FloatVector d2 = load(y, at2 + Lanes.COUNT);
        FloatVector d3 = load(y, at3 + Lanes.COUNT);
        for (int g = 0; g < tile.groups; g++) {
            int sumsAt = tile.sumsAt + ((g * group) >> 5) * width;
            FloatVector a0 = FloatVector.broadcast(Lanes.FLOAT, strip.bias * sums[sumsAt]);
            FloatVector a1 = FloatVector.broadcast(Lanes.FLOAT, strip.bias * sums[sumsAt + 1]);
            FloatVector a2 = FloatVector.broadcast(Lanes.FLOAT, strip.bias * sums[sumsAt + 2]);
            FloatVector a3 = FloatVector.broadcast(Lanes.FLOAT, strip.bias * sums[sumsAt + 3]);
            FloatVector b0 = a0;
            FloatVector b1 = a1;
            FloatVector b2 = a2;
            FloatVector b3 = a3;
            for (int k = 0; k < group; k++) {
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
                xAt += width;
            }
            long scale = tile.scales + g * strip.scaleStride;
            FloatVector s = Lanes.floats(scale);
            FloatVector r = Lanes.floats(scale + Strip.VECTOR);
            c0 = s.fma(a0, c0);
            c1 = s.fma(a1, c1);
            c2 = s.fma(a2, c2);
            c3 = s.fma(a3, c3);
            d0 = r.fma(b0, d0);
            d1 = r.fma(b1, d1);
            d2 = r.fma(b2, d2);
            d3 = r.fma(b3, d3);
            if (strip.pairs) {
                FloatVector m = Lanes.floats(scale + Strip.ROW);
                FloatVector n = Lanes.floats(scale + Strip.ROW + Strip.VECTOR);
                FloatVector t = broadcast(sums, sumsAt);
                c0 = m.fma(t, c0);
                d0 = n.fma(t, d0);
                t = broadcast(sums, sumsAt + 1);
                c1 = m.fma(t, c1);
                d1 = n.fma(t, d1);
                t = broadcast(sums, sumsAt + 2);
                c2 = m.fma(t, c2);
                d2 = n.fma(t, d2);
                t = broadcast(sums, sumsAt + 3);
                c3 = m.fma(t, c3);
                d3 = n.fma(t, d3);
            }
        }
        c0.intoArray(y, at0);
        c1.intoArray(y, at1);
        c2.intoArray(y, at2);
        c3.intoArray(y, at3);
        d0.intoArray(y, at0 + Lanes.COUNT);
        d1.intoArray(y, at1 + Lanes.COUNT);
        d2.intoArray(y, at2 + Lanes.COUNT);
        d3.intoArray(y, at3 + Lanes.COUNT);
    }

    /**
     * One panel of byte codes by a tile of eight columns. Codes are widened in registers: for a single tile it costs more to
     * write them out decoded than to widen them.
     *
     * @param codes of the first group's first column of weights; {@code tile.weights} is not looked at
     */
    static void eightOfBytes(Tile tile, long codes, Strip strip, float[] x, float[] y) {
        int xAt = tile.numbersAt;
        for (int g = 0; g < tile.groups; g++) {
            FloatVector a0 = FloatVector.zero(Lanes.FLOAT);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            for (int k = 0; k < strip.group; k++) {
                FloatVector w = Lanes.bytes(codes);
                a0 = w.fma(broadcast(x, xAt), a0);
                a1 = w.fma(broadcast(x, xAt + 1), a1);
                a2 = w.fma(broadcast(x, xAt + 2), a2);
                a3 = w.fma(broadcast(x, xAt + 3), a3);
                a4 = w.fma(broadcast(x, xAt + 4), a4);
                a5 = w.fma(broadcast(x, xAt + 5), a5);
                a6 = w.fma(broadcast(x, xAt + 6), a6);
                a7 = w.fma(broadcast(x, xAt + 7), a7);
                codes += PackedMatrix.ROWS;
                xAt += 8;
            }
            FloatVector scale = Lanes.floats(tile.scales + g * strip.scaleStride);
            int at = tile.yAt;
            int stride = tile.yStride;
            scale.fma(a0, load(y, at)).intoArray(y, at);
            scale.fma(a1, load(y, at + stride)).intoArray(y, at + stride);
            scale.fma(a2, load(y, at + 2 * stride)).intoArray(y, at + 2 * stride);
            scale.fma(a3, load(y, at + 3 * stride)).intoArray(y, at + 3 * stride);
            scale.fma(a4, load(y, at + 4 * stride)).intoArray(y, at + 4 * stride);
            scale.fma(a5, load(y, at + 5 * stride)).intoArray(y, at + 5 * stride);
            scale.fma(a6, load(y, at + 6 * stride)).intoArray(y, at + 6 * stride);
            scale.fma(a7, load(y, at + 7 * stride)).intoArray(y, at + 7 * stride);
        }
    }
}
