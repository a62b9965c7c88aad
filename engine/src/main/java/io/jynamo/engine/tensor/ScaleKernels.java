package io.jynamo.engine.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Expand a panel's stored scales into the scale and offset that a kernel multiplies with. */
final class ScaleKernels {
    private ScaleKernels() {}

    /** Writes {@code [group][scale, offset][lane]} to {@code out} from {@code at} on. */
    static void expand(PackedFormat format, long address, int groups, float[] out, int at) {
        switch (format.scales) {
            case NONE -> ones(groups, out, at);
            case HALF -> halves(address, groups, format.scaleFactor, format.offsetFactor, out, at);
            case HALF_PAIR -> halfPairs(address, groups, format.scaleFactor, format.offsetFactor, out, at);
            case FLOAT -> floats(address, groups, format.scaleFactor, format.offsetFactor, out, at);
            case FLOAT_PAIR -> floatPairs(address, groups, format.scaleFactor, format.offsetFactor, out, at);
        }
    }

    private static void ones(int groups, float[] out, int at) {
        FloatVector one = FloatVector.broadcast(Lanes.FLOAT, 1);
        FloatVector zero = FloatVector.zero(Lanes.FLOAT);
        for (int g = 0; g < groups; g++) {
            one.intoArray(out, at);
            zero.intoArray(out, at + Lanes.COUNT);
            at += 2 * Lanes.COUNT;
        }
    }

    private static void halves(long address, int groups, float scale, float offset, float[] out, int at) {
        for (int g = 0; g < groups; g++) {
            FloatVector d = Lanes.halves(address);
            d.mul(scale).intoArray(out, at);
            d.mul(offset).intoArray(out, at + Lanes.COUNT);
            address += 2L * Lanes.COUNT;
            at += 2 * Lanes.COUNT;
        }
    }

    private static void halfPairs(long address, int groups, float scale, float offset, float[] out, int at) {
        for (int g = 0; g < groups; g++) {
            IntVector pair = Lanes.ints(address);
            FloatVector d = Lanes.lowerHalves(pair);
            d.mul(scale).intoArray(out, at);
            d.mul(offset).add(Lanes.upperHalves(pair)).intoArray(out, at + Lanes.COUNT);
            address += 4L * Lanes.COUNT;
            at += 2 * Lanes.COUNT;
        }
    }

    private static void floats(long address, int groups, float scale, float offset, float[] out, int at) {
        for (int g = 0; g < groups; g++) {
            FloatVector d = Lanes.floats(address);
            d.mul(scale).intoArray(out, at);
            d.mul(offset).intoArray(out, at + Lanes.COUNT);
            address += 4L * Lanes.COUNT;
            at += 2 * Lanes.COUNT;
        }
    }

    private static void floatPairs(long address, int groups, float scale, float offset, float[] out, int at) {
        for (int g = 0; g < groups; g++) {
            FloatVector d = Lanes.floats(address);
            d.mul(scale).intoArray(out, at);
            d.mul(offset).add(Lanes.floats(address + 4L * Lanes.COUNT)).intoArray(out, at + Lanes.COUNT);
            address += 8L * Lanes.COUNT;
            at += 2 * Lanes.COUNT;
        }
    }
}
