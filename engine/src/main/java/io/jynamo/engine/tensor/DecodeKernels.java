package io.jynamo.engine.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Decode columns of one panel into floats {@code f(q)}, two panels interleaved: {@code [k][panel][lane]}, for
 * {@link TileKernels}.
 */
final class DecodeKernels {
    private static final int STEP = 2 * Lanes.COUNT;

    private DecodeKernels() {}

    /** Decodes {@code blocks} times 32 columns that begin at address {@code p} to {@code out} from {@code at} on. */
    static void decode(PackedFormat.Codes codes, long p, int blocks, float[] out, int at) {
        switch (codes) {
            case FOUR -> four(p, blocks, out, at);
            case FIVE -> five(p, blocks, out, at);
            case EIGHT -> eight(p, blocks, out, at);
            case HALF -> half(p, blocks, out, at);
            case BFLOAT -> bfloat(p, blocks, out, at);
            case FLOAT -> full(p, blocks, out, at);
        }
    }

    static FloatVector lowerBfloats(IntVector bits) {
        return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    static FloatVector upperBfloats(IntVector bits) {
        return bits.and(0xFFFF0000).reinterpretAsFloats();
    }

    private static void four(long p, int blocks, float[] out, int at) {
        IntVector mask = IntVector.broadcast(Lanes.INT, CodeConstants.fourMask);
        IntVector one = IntVector.broadcast(Lanes.INT, CodeConstants.one);
        for (int w = 0; w < 4 * blocks; w++) {
            IntVector v = Lanes.ints(p);
            for (int i = 0; i < 8; i++) {
                v.and(mask).or(one).reinterpretAsFloats().intoArray(out, at);
                v = v.lanewise(VectorOperators.ROR, 4);
                at += STEP;
            }
            p += 4L * Lanes.COUNT;
        }
    }

    private static void five(long p, int blocks, float[] out, int at) {
        IntVector mask = IntVector.broadcast(Lanes.INT, CodeConstants.fiveMask);
        IntVector fifth = IntVector.broadcast(Lanes.INT, CodeConstants.fifthMask);
        IntVector one = IntVector.broadcast(Lanes.INT, CodeConstants.one);
        for (int block = 0; block < blocks; block++) {
            IntVector high = Lanes.ints(p + 16L * Lanes.COUNT);
            for (int w = 0; w < 4; w++) {
                IntVector v = Lanes.ints(p);
                for (int i = 0; i < 8; i++) {
                    v.and(mask)
                            .or(one)
                            .or(high.and(fifth))
                            .reinterpretAsFloats()
                            .intoArray(out, at);
                    v = v.lanewise(VectorOperators.ROR, 4);
                    high = high.lanewise(VectorOperators.ROR, 1);
                    at += STEP;
                }
                p += 4L * Lanes.COUNT;
            }
            p += 4L * Lanes.COUNT;
        }
    }

    private static void eight(long p, int blocks, float[] out, int at) {
        for (int k = 0; k < 32 * blocks; k++) {
            Lanes.bytes(p).intoArray(out, at);
            p += Lanes.COUNT;
            at += STEP;
        }
    }

    private static void half(long p, int blocks, float[] out, int at) {
        for (int k = 0; k < 16 * blocks; k++) {
            IntVector v = Lanes.ints(p);
            Lanes.lowerHalves(v).intoArray(out, at);
            Lanes.upperHalves(v).intoArray(out, at + STEP);
            p += 4L * Lanes.COUNT;
            at += 2 * STEP;
        }
    }

    private static void bfloat(long p, int blocks, float[] out, int at) {
        for (int k = 0; k < 16 * blocks; k++) {
            IntVector v = Lanes.ints(p);
            lowerBfloats(v).intoArray(out, at);
            upperBfloats(v).intoArray(out, at + STEP);
            p += 4L * Lanes.COUNT;
            at += 2 * STEP;
        }
    }

    private static void full(long p, int blocks, float[] out, int at) {
        for (int k = 0; k < 32 * blocks; k++) {
            Lanes.floats(p).intoArray(out, at);
            p += 4L * Lanes.COUNT;
            at += STEP;
        }
    }
}
