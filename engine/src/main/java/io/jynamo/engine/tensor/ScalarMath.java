package io.jynamo.engine.tensor;

/** The scalar twin of {@link VectorMath}: the same operations in the same order, so the same bits. */
final class ScalarMath {
    private ScalarMath() {}

    static float exp(float x) {
        x = Math.min(Math.max(x, VectorMath.LOWEST), VectorMath.HIGHEST);
        float shifted = Math.fma(x, VectorMath.LOG2E, VectorMath.ROUND);
        float n = shifted - VectorMath.ROUND;
        float r = Math.fma(n, -VectorMath.LN2_HIGH, x);
        r = Math.fma(n, -VectorMath.LN2_LOW, r);
        float p = VectorMath.C7;
        p = Math.fma(p, r, VectorMath.C6);
        p = Math.fma(p, r, VectorMath.C5);
        p = Math.fma(p, r, VectorMath.C4);
        p = Math.fma(p, r, VectorMath.C3);
        p = Math.fma(p, r, VectorMath.C2);
        p = Math.fma(p, r, 1);
        p = Math.fma(p, r, 1);
        return Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(shifted) << 23));
    }

    static float silu(float x) {
        return x / (exp(-x) + 1);
    }

    static float gelu(float x) {
        return x / (exp(x * Math.fma(x * x, VectorMath.GELU_CUBE, VectorMath.GELU)) + 1);
    }

    /** {@link EncoderMath#gelu} of one number. */
    static float erfGelu(float x) {
        float a = Math.abs(x * EncoderMath.ROOT_HALF);
        float t = 1 / Math.fma(a, EncoderMath.P, 1);
        float p = EncoderMath.A5;
        p = Math.fma(p, t, EncoderMath.A4);
        p = Math.fma(p, t, EncoderMath.A3);
        p = Math.fma(p, t, EncoderMath.A2);
        p = Math.fma(p, t, EncoderMath.A1);
        float half = x * 0.5f * (p * t * exp(-(a * a)));
        return x < 0 ? half : x - half;
    }

    /** {@link EncoderMath#layerNorm} of one row. */
    static void layerNorm(float[] x, float[] weight, float[] bias, float epsilon, float[] out) {
        float mean = sum(x, 0, false) / x.length;
        float variance = sum(x, mean, true) / x.length;
        float factor = (float) (1 / Math.sqrt(variance + epsilon));
        for (int i = 0; i < x.length; i++) {
            out[i] = Math.fma((x[i] - mean) * factor, weight[i], bias[i]);
        }
    }

    /** Lane by lane, halving, then what does not fill a vector. */
    private static float sum(float[] x, float mean, boolean squares) {
        float[] lanes = new float[Lanes.COUNT];
        int whole = x.length / Lanes.COUNT * Lanes.COUNT;
        for (int i = 0; i < whole; i++) {
            int lane = i % Lanes.COUNT;
            float d = x[i] - mean;
            lanes[lane] = squares ? Math.fma(d, d, lanes[lane]) : lanes[lane] + x[i];
        }
        float sum = total(lanes);
        for (int i = whole; i < x.length; i++) {
            float d = x[i] - mean;
            sum = squares ? Math.fma(d, d, sum) : sum + x[i];
        }
        return sum;
    }

    static float total(float[] lanes) {
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }
}
