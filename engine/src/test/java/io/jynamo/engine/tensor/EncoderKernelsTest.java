package io.jynamo.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The encoders' kernels against their scalar twins, to the bit, and these against the functions they are named for. */
class EncoderKernelsTest {
    private static float[] numbers(int count, float span, int seed) {
        Random random = new Random(seed);
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = random.nextFloat(-span, span);
        }
        return x;
    }

    @Test
    void geluGivesTheScalarsBits() {
        float[] x = numbers(64 * Lanes.COUNT, 9, 1);
        x[0] = 0;
        x[1] = -0f;
        x[2] = 60;
        x[3] = -60;
        float[] before = x.clone();
        EncoderMath.gelu(x, 0, x.length);
        for (int i = 0; i < x.length; i++) {
            assertThat(x[i]).isEqualTo(ScalarMath.erfGelu(before[i]));
        }
        assertThat(x[2]).isEqualTo(60);
        assertThat(x[3]).isCloseTo(0, offset(1e-30f));
    }

    @Test
    void geluGoesByTheErrorFunction() {
        for (double x = -6; x <= 6; x += 0.01) {
            double exact = x / 2 * (1 + erf(x / Math.sqrt(2)));
            assertThat((double) ScalarMath.erfGelu((float) x)).isCloseTo(exact, offset(3e-7 * Math.abs(x) + 1e-7));
        }
    }

    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return sum * 2 / Math.sqrt(Math.PI);
    }

    @ParameterizedTest
    @CsvSource({"384", "48", "37", "5", "1"})
    void layerNormsGiveTheScalarsBits(int length) {
        float[] x = numbers(length + 3, 5, length);
        float[] weight = numbers(length, 2, 3);
        float[] bias = numbers(length, 1, 4);
        float[] out = new float[length + 1];
        EncoderMath.layerNorm(x, 3, length, weight, bias, 1e-12f, out, 1);
        float[] twin = new float[length];
        ScalarMath.layerNorm(Arrays.copyOfRange(x, 3, length + 3), weight, bias, 1e-12f, twin);
        assertThat(Arrays.copyOfRange(out, 1, length + 1)).isEqualTo(twin);
    }

    @Test
    void layerNormsTakeOffTheMeanAndDivideByTheDeviation() {
        float[] x = numbers(100, 5, 1);
        float[] ones = new float[100];
        Arrays.fill(ones, 1);
        EncoderMath.layerNorm(x, 0, 100, ones, new float[100], 0, x, 0);
        double sum = 0;
        double squares = 0;
        for (float number : x) {
            sum += number;
            squares += number * number;
        }
        assertThat(sum / 100).isCloseTo(0, offset(1e-6));
        assertThat(squares / 100).isCloseTo(1, offset(1e-5));
    }

    @ParameterizedTest
    @CsvSource({"1,32", "2,32", "3,16", "4,32", "5,7", "16,32", "17,12", "61,64", "100,32"})
    void attentionGivesTheScalarsBits(int tokens, int size) {
        int first = 3;
        int stride = 4 * size + 1;
        float[] numbers = numbers((first + tokens) * stride, 2, tokens);
        var rows = new TextAttention.Rows(numbers, first, tokens, stride, 1, size + 1, 3 * size + 1);
        Columns out = new Columns(size);
        out.resize(first + tokens);
        TextAttention attention = new TextAttention();
        attention.attend(
                new TextAttention.Rows(numbers, 0, first, stride, 0, 0, 0), size, out, 0); // leaves its scratch dirty
        attention.attend(rows, size, out, 0);
        for (int token = 0; token < tokens; token++) {
            float[] expected = ScalarKernels.attend(rows, token, size);
            for (int i = 0; i < size; i++) {
                assertThat(number(out, first + token, i))
                        .as("token %s, number %s", token, i)
                        .isEqualTo(expected[i]);
            }
        }
    }

    private static float number(Columns columns, int column, int at) {
        int tile = column / 8;
        return columns.numbers[columns.numbersAt(tile) + at * columns.width(tile) + column % 8];
    }
}
