package io.jynamo.engine.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Decode columns of a strip into floats {@code f(q)}, {@code [column][panel][lane]}, for {@link TileKernels}. */
final class DecodeKernels {
    private static final long VECTOR = Strip.VECTOR;
    private static final long ROW = Strip.ROW;

    private DecodeKernels() {}

    /** Decodes {@code blocks} times 32 columns whose codes begin at {@code p}. */
    static void decode(PackedFormat.Codes codes, long p, int blocks, long to) {
        switch (codes) {
            case FOUR -> four(p, blocks, to);
            case FIVE -> five(p, blocks, to);
            case EIGHT -> eight(p, blocks, to);
            case HALF -> half(p, blocks, to);
            case BFLOAT -> bfloat(p, blocks, to);
            case FLOAT -> full(p, blocks, to);
        }
    }

    static FloatVector lowerBfloats(IntVector bits) {
        return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    static FloatVector upperBfloats(IntVector bits) {
        return bits.and(0xFFFF0000).reinterpretAsFloats();
    }

    private static void four(long p, int blocks, long to) {
        IntVector mask = IntVector.broadcast(Lanes.INT, CodeConstants.fourMask);
        IntVector one = IntVector.broadcast(Lanes.INT, CodeConstants.one);
        for (int w = 0; w < 4 * blocks; w++) {
            for (int panel = 0; panel < PackedMatrix.PANELS; panel++) {
                IntVector v = Lanes.ints(p);
                for (int i = 0; i < 8; i++) {
                    Lanes.store(v.and(mask).or(one).reinterpretAsFloats(), to + i * ROW);
                    v = v.lanewise(VectorOperators.ROR, 4);
                }
                p += VECTOR;
                to += VECTOR;
            }
            to += 7 * ROW;
        }
    }

    private static void five(long p, int blocks, long to) {
        IntVector mask = IntVector.broadcast(Lanes.INT, CodeConstants.fiveMask);
        IntVector fifth = IntVector.broadcast(Lanes.INT, CodeConstants.fifthMask);
        IntVector one = IntVector.broadcast(Lanes.INT, CodeConstants.one);
        for (int block = 0; block < blocks; block++) {
            for (int panel = 0; panel < PackedMatrix.PANELS; panel++) {
                IntVector high = Lanes.ints(p + panel * VECTOR);
                long at = to + panel * VECTOR;
                for (int w = 1; w <= 4; w++) {
                    IntVector v = Lanes.ints(p + w * ROW + panel * VECTOR);
                    for (int i = 0; i < 8; i++) {
                        Lanes.store(v.and(mask).or(one).or(high.and(fifth)).reinterpretAsFloats(), at);
                        v = v.lanewise(VectorOperators.ROR, 4);
                        high = high.lanewise(VectorOperators.ROR, 1);
                        at += ROW;
                    }
                }
            }
            p += 5 * ROW;
            to += 32 * ROW;
        }
    }

    private static void eight(long p, int blocks, long to) {
        for (int i = 0; i < 32 * PackedMatrix.PANELS * blocks; i++) {
            Lanes.store(Lanes.bytes(p), to);
            p += Lanes.COUNT;
            to += VECTOR;
        }
    }

    private static void half(long p, int blocks, long to) {
        FloatVector factor = FloatVector.broadcast(Lanes.FLOAT, Lanes.HALF_TO_FLOAT);
        for (int k = 0; k < 16 * blocks; k++) {
            for (int panel = 0; panel < PackedMatrix.PANELS; panel++) {
                IntVector v = Lanes.ints(p);
                Lanes.store(Lanes.smallLowerHalves(v).mul(factor), to);
                Lanes.store(Lanes.smallUpperHalves(v).mul(factor), to + ROW);
                p += VECTOR;
                to += VECTOR;
            }
            to += ROW;
        }
    }

    private static void bfloat(long p, int blocks, long to) {
        for (int k = 0; k < 16 * blocks; k++) {
            for (int panel = 0; panel < PackedMatrix.PANELS; panel++) {
                IntVector v = Lanes.ints(p);
                Lanes.store(lowerBfloats(v), to);
                Lanes.store(upperBfloats(v), to + ROW);
                p += VECTOR;
                to += VECTOR;
            }
            to += ROW;
        }
    }

    private static void full(long p, int blocks, long to) {
        Lanes.copy(p, to, 32L * blocks * ROW);
    }
}
