package io.jynamo.engine.tensor;

import jdk.incubator.vector.FloatVector;

/** What encoders need beyond {@link VectorMath}: GELU by the error function, and the norm that takes off the mean. */
public final class EncoderMath {
    // Abramowitz and Stegun 7.1.26: erf(a) = 1 - (A1 t + .. + A5 t^5) e^(-a^2), t = 1 / (1 + P a), to 1.5e-7.
    static final float P = 0.3275911f;
    static final float A1 = 0.2548296f;
    static final float A2 = -0.28449672f;
    static final float A3 = 1.4214138f;
    static final float A4 = -1.4531521f;
    static final float A5 = 1.0614054f;
    static final float ROOT_HALF = 0.70710677f;

    private EncoderMath() {}

    /** {@code x = x/2 (1 + erf(x / sqrt(2)))}, to 1.5e-7 of x; lengths a multiple of the lanes. */
    public static void gelu(float[] x, int at, int length) {
        for (int i = at; i < at + length; i += Lanes.COUNT) {
            FloatVector v = FloatVector.fromArray(Lanes.FLOAT, x, i);
            FloatVector a = v.mul(ROOT_HALF).abs();
            FloatVector t = FloatVector.broadcast(Lanes.FLOAT, 1)
                    .div(a.fma(FloatVector.broadcast(Lanes.FLOAT, P), FloatVector.broadcast(Lanes.FLOAT, 1)));
            FloatVector p = FloatVector.broadcast(Lanes.FLOAT, A5);
            p = p.fma(t, FloatVector.broadcast(Lanes.FLOAT, A4));
            p = p.fma(t, FloatVector.broadcast(Lanes.FLOAT, A3));
            p = p.fma(t, FloatVector.broadcast(Lanes.FLOAT, A2));
            p = p.fma(t, FloatVector.broadcast(Lanes.FLOAT, A1));
            FloatVector half =
                    v.mul(0.5f).mul(p.mul(t).mul(VectorMath.exp(a.mul(a).neg())));
            v.sub(half).blend(half, v.lt(0)).intoArray(x, i);
        }
    }

    /** {@code out = (x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias}. */
    public static void layerNorm(
            float[] x, int at, int length, float[] weight, float[] bias, float epsilon, float[] out, int outAt) {
        float mean = sum(x, at, length) / length;
        float variance = squares(x, at, length, mean) / length;
        float factor = (float) (1 / Math.sqrt(variance + epsilon));
        int whole = length / Lanes.COUNT * Lanes.COUNT;
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector.fromArray(Lanes.FLOAT, x, at + i)
                    .sub(mean)
                    .mul(factor)
                    .fma(FloatVector.fromArray(Lanes.FLOAT, weight, i), FloatVector.fromArray(Lanes.FLOAT, bias, i))
                    .intoArray(out, outAt + i);
        }
        for (int i = whole; i < length; i++) {
            out[outAt + i] = Math.fma((x[at + i] - mean) * factor, weight[i], bias[i]);
        }
    }

    private static float sum(float[] x, int at, int length) {
        FloatVector lanes = FloatVector.zero(Lanes.FLOAT);
        int whole = length / Lanes.COUNT * Lanes.COUNT;
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            lanes = lanes.add(FloatVector.fromArray(Lanes.FLOAT, x, at + i));
        }
        float sum = VectorMath.total(lanes);
        for (int i = whole; i < length; i++) {
            sum += x[at + i];
        }
        return sum;
    }

    private static float squares(float[] x, int at, int length, float mean) {
        FloatVector lanes = FloatVector.zero(Lanes.FLOAT);
        int whole = length / Lanes.COUNT * Lanes.COUNT;
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector d = FloatVector.fromArray(Lanes.FLOAT, x, at + i).sub(mean);
            lanes = d.fma(d, lanes);
        }
        float sum = VectorMath.total(lanes);
        for (int i = whole; i < length; i++) {
            float d = x[at + i] - mean;
            sum = Math.fma(d, d, sum);
        }
        return sum;
    }
}
