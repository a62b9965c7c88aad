package io.jynamo.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorMathTest {
    private static final int SIZE = 64 * Lanes.COUNT;

    private static float[] numbers(float span) {
        Random random = new Random(1);
        float[] x = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            x[i] = random.nextFloat(-span, span);
        }
        return x;
    }

    @Test
    void exponentialsAreGoodToTwoUnitsInTheLastPlace() {
        for (float x = -87; x < 88; x += 0.0137f) {
            float exact = (float) Math.exp(x);
            assertThat(ScalarMath.exp(x)).isCloseTo(exact, offset(2 * Math.ulp(exact)));
        }
        assertThat(ScalarMath.exp(0)).isEqualTo(1);
        assertThat(ScalarMath.exp(-1000)).isBetween(0f, 1.3e-38f);
    }

    @Test
    void gatesGiveTheScalarsBits() {
        float[] up = numbers(3);
        float[] silu = numbers(100);
        float[] gelu = numbers(100);
        float[] gate = silu.clone();
        VectorMath.siluTimes(silu, 0, up, 0, SIZE);
        VectorMath.geluTimes(gelu, 0, up, 0, SIZE);
        for (int i = 0; i < SIZE; i++) {
            assertThat(silu[i]).isEqualTo(ScalarMath.silu(gate[i]) * up[i]);
            assertThat(gelu[i]).isEqualTo(ScalarMath.gelu(gate[i]) * up[i]);
        }
    }

    @Test
    void gatesAreTheFunctionsTheyAreNamedFor() {
        for (double x = -12; x < 12; x += 0.01) {
            double silu = x / (1 + Math.exp(-x));
            double gelu = 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            assertThat((double) ScalarMath.silu((float) x)).isCloseTo(silu, offset(1e-6 * Math.abs(x) + 1e-7));
            assertThat((double) ScalarMath.gelu((float) x)).isCloseTo(gelu, offset(2e-6 * Math.abs(x) + 1e-7));
        }
    }

    @Test
    void hiddenScoresWeighNothing() {
        float[] scores = numbers(20);
        scores[0] = Float.NEGATIVE_INFINITY;
        scores[SIZE - 1] = Float.NEGATIVE_INFINITY;
        double exact = 0;
        for (float score : scores) {
            exact += Math.exp(score - 20);
        }
        float sum = VectorMath.expSum(scores, 0, SIZE, 20);
        assertThat((double) sum).isCloseTo(exact, offset(exact * 1e-6));
        assertThat(scores[0]).isZero();
        assertThat(scores[SIZE - 1]).isZero();
        assertThat(scores[1]).isPositive();
    }

    @Test
    void sumsRunByHalving() {
        float[] x = numbers(1);
        float[] lanes = java.util.Arrays.copyOf(x, Lanes.COUNT);
        float vector = VectorMath.total(jdk.incubator.vector.FloatVector.fromArray(Lanes.FLOAT, x, 0));
        assertThat(vector).isEqualTo(ScalarMath.total(lanes));
    }

    @Test
    void normsDivideByTheRootOfTheMeanSquare() {
        float[] weight = numbers(2);
        float[] x = numbers(5);
        for (int length : new int[] {SIZE, SIZE - 3, 5}) {
            float[] out = new float[length];
            VectorMath.rmsNorm(x, 0, length, weight, 1e-5f, out, 0);
            double squares = 0;
            for (int i = 0; i < length; i++) {
                squares += (double) x[i] * x[i];
            }
            double root = Math.sqrt(squares / length + 1e-5);
            for (int i = 0; i < length; i++) {
                assertThat((double) out[i]).isCloseTo(x[i] / root * weight[i], offset(1e-5));
            }
        }
    }
}
