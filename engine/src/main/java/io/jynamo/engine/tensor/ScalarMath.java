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

    static float total(float[] lanes) {
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }
}
