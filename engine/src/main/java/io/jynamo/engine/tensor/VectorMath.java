package io.jynamo.engine.tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Element-wise functions and norms over float arrays. Exponentials are good to 2 units in the last place; {@link
 * ScalarMath} computes the same bits one number at a time.
 */
public final class VectorMath {
    static final float LOG2E = 1.442695f;
    static final float LN2_HIGH = 0.69314575f;
    static final float LN2_LOW = 1.4286068e-6f;
    static final float ROUND = 12582912f;
    static final float LOWEST = -87.3f;
    static final float HIGHEST = 88.3f;
    static final float C2 = 0.5f;
    static final float C3 = 0.16666666f;
    static final float C4 = 0.041665796f;
    static final float C5 = 0.008333452f;
    static final float C6 = 0.0013981999f;
    static final float C7 = 0.00019875691f;
    static final float GELU = -1.5957692f;
    static final float GELU_CUBE = -0.07135482f;

    private static final VectorShuffle<Float> BY_8 = rotation(8);
    private static final VectorShuffle<Float> BY_4 = rotation(4);
    private static final VectorShuffle<Float> BY_2 = rotation(2);
    private static final VectorShuffle<Float> BY_1 = rotation(1);

    private VectorMath() {}

    private static VectorShuffle<Float> rotation(int by) {
        return VectorShuffle.fromOp(Lanes.FLOAT, i -> (i + by) % Lanes.COUNT);
    }

    /**
     * e to the power of each lane, for lanes within [-87.3, 88.3]; others as the nearer bound. Bounds go by comparing:
     * Java's own least and greatest order zeros and keep NaN, at several instructions each.
     */
    static FloatVector exp(FloatVector x) {
        x = x.blend(LOWEST, x.lt(LOWEST));
        return expWithin(x.blend(HIGHEST, x.compare(VectorOperators.GT, HIGHEST)));
    }

    /** e to the power of each lane; without meaning for lanes outside [-87.3, 88.3]. */
    private static FloatVector expWithin(FloatVector x) {
        FloatVector shifted =
                x.fma(FloatVector.broadcast(Lanes.FLOAT, LOG2E), FloatVector.broadcast(Lanes.FLOAT, ROUND));
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(Lanes.FLOAT, -LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(Lanes.FLOAT, -LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(Lanes.FLOAT, C7);
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOAT, C6));
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOAT, C5));
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOAT, C4));
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOAT, C3));
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOAT, C2));
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOAT, 1));
        p = p.fma(r, FloatVector.broadcast(Lanes.FLOAT, 1));
        IntVector power = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(power).reinterpretAsFloats();
    }

    /** e to the power of one number, with the bits a lane would have. */
    public static float exp(float x) {
        return ScalarMath.exp(x);
    }

    /** {@code gate = silu(gate) * up}; lengths a multiple of the lanes. */
    public static void siluTimes(float[] gate, int gateAt, float[] up, int upAt, int length) {
        for (int i = 0; i < length; i += Lanes.COUNT) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOAT, gate, gateAt + i);
            FloatVector y = FloatVector.fromArray(Lanes.FLOAT, up, upAt + i);
            x.div(exp(x.neg()).add(1)).mul(y).intoArray(gate, gateAt + i);
        }
    }

    /** {@code gate = gelu(gate) * up} with the tanh approximation; lengths a multiple of the lanes. */
    public static void geluTimes(float[] gate, int gateAt, float[] up, int upAt, int length) {
        for (int i = 0; i < length; i += Lanes.COUNT) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOAT, gate, gateAt + i);
            FloatVector y = FloatVector.fromArray(Lanes.FLOAT, up, upAt + i);
            // 0.5 (1 + tanh(u)) = 1 / (1 + e^(-2u)), u = sqrt(2/pi) (x + 0.044715 x^3)
            FloatVector cube = x.mul(x)
                    .fma(FloatVector.broadcast(Lanes.FLOAT, GELU_CUBE), FloatVector.broadcast(Lanes.FLOAT, GELU));
            x.div(exp(x.mul(cube)).add(1)).mul(y).intoArray(gate, gateAt + i);
        }
    }

    /**
     * Replaces scores by {@code e^(score - max)}, whole vectors of them; by nothing where that is less than 1e-38, as it
     * is for hidden positions, which hold minus infinity.
     *
     * @return their sum, added up lane by lane, then halving
     */
    public static float expSum(float[] scores, int at, int length, float max) {
        FloatVector top = FloatVector.broadcast(Lanes.FLOAT, max);
        FloatVector sum = FloatVector.zero(Lanes.FLOAT);
        for (int i = 0; i < length; i += Lanes.COUNT) {
            FloatVector x = FloatVector.fromArray(Lanes.FLOAT, scores, at + i).sub(top);
            FloatVector e = expWithin(x).blend(0, x.lt(LOWEST));
            e.intoArray(scores, at + i);
            sum = sum.add(e);
        }
        return total(sum);
    }

    /** The largest of whole vectors of numbers. */
    public static float max(float[] x, int at, int length) {
        FloatVector max = FloatVector.fromArray(Lanes.FLOAT, x, at);
        for (int i = Lanes.COUNT; i < length; i += Lanes.COUNT) {
            FloatVector other = FloatVector.fromArray(Lanes.FLOAT, x, at + i);
            max = max.blend(other, other.compare(VectorOperators.GT, max));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    /**
     * The lanes added up by halving: lane i plus lane i + half, until one is left. The library's own sum has an order of its
     * own choice, another when interpreted than when compiled.
     */
    static float total(FloatVector v) {
        FloatVector sum = v;
        if (Lanes.COUNT > 8) {
            sum = sum.add(sum.rearrange(BY_8));
        }
        if (Lanes.COUNT > 4) {
            sum = sum.add(sum.rearrange(BY_4));
        }
        sum = sum.add(sum.rearrange(BY_2));
        return sum.add(sum.rearrange(BY_1)).lane(0);
    }

    /** {@code out = x * weight / sqrt(mean(x^2) + epsilon)}. */
    public static void rmsNorm(float[] x, int at, int length, float[] weight, float epsilon, float[] out, int outAt) {
        FloatVector squares = FloatVector.zero(Lanes.FLOAT);
        int whole = length / Lanes.COUNT * Lanes.COUNT;
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector v = FloatVector.fromArray(Lanes.FLOAT, x, at + i);
            squares = v.fma(v, squares);
        }
        float sum = total(squares);
        for (int i = whole; i < length; i++) {
            sum = Math.fma(x[at + i], x[at + i], sum);
        }
        float factor = (float) (1 / Math.sqrt(sum / length + epsilon));
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector.fromArray(Lanes.FLOAT, x, at + i)
                    .mul(factor)
                    .mul(FloatVector.fromArray(Lanes.FLOAT, weight, i))
                    .intoArray(out, outAt + i);
        }
        for (int i = whole; i < length; i++) {
            out[outAt + i] = x[at + i] * factor * weight[i];
        }
    }

    /** {@code x *= factor}. */
    public static void scale(float[] x, int at, int length, float factor) {
        for (int i = at; i < at + length; i++) {
            x[i] *= factor;
        }
    }

    /** {@code x += y}. */
    public static void add(float[] x, int at, float[] y, int yAt, int length) {
        for (int i = 0; i < length; i++) {
            x[at + i] += y[yAt + i];
        }
    }

    /** {@code x = x * factor + y * yFactor}. */
    public static void blend(float[] x, int at, float factor, float[] y, int yAt, float yFactor, int length) {
        for (int i = 0; i < length; i++) {
            x[at + i] = x[at + i] * factor + y[yAt + i] * yFactor;
        }
    }
}
