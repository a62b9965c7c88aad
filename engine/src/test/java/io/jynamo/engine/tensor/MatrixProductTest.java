package io.jynamo.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.weights.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every vector kernel gives its scalar twin's bits, for every batch size: a token's result cannot depend on the batch. */
class MatrixProductTest {
    static Stream<Arguments> shapes() {
        List<Arguments> all = new ArrayList<>();
        for (TensorType type : TensorType.values()) {
            all.add(Arguments.of(type, 67, 512));
            all.add(Arguments.of(type, 1, 256));
            if (type.blockElements() == 1) {
                all.add(Arguments.of(type, 70, 72));
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void vectorsGiveTheScalarsBitsInEveryBatch(TensorType type, int rows, int columns) {
        PackedMatrix matrix = RandomMatrix.pack(RandomMatrix.tensor(type, rows, columns, 7));
        Random random = new Random(11);
        float[][] inputs = new float[13][];
        float[][] expected = new float[inputs.length][rows];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = RandomMatrix.column(columns, random);
            for (int row = 0; row < rows; row++) {
                expected[i][row] = ScalarKernels.dot(matrix, row, inputs[i], i * 0.5f);
            }
        }
        for (int batch : new int[] {1, 2, 5, 8, 13}) {
            Columns x = new Columns(columns);
            x.resize(batch);
            int stride = MatrixProduct.outputSize(matrix);
            float[] y = new float[x.paddedCount() * stride];
            for (int i = 0; i < batch; i++) {
                x.put(i, 0, inputs[i], 0, columns);
                Arrays.fill(y, i * stride, (i + 1) * stride, i * 0.5f);
            }
            x.sum();
            MatrixProduct product = new MatrixProduct();
            for (int strip = 0; strip < matrix.strips(); strip++) {
                product.multiply(matrix, strip, x, y, strip * MatrixProduct.stripRows(), stride);
            }
            for (int i = 0; i < batch; i++) {
                float[] actual = Arrays.copyOfRange(y, i * stride, i * stride + rows);
                assertThat(Arrays.mismatch(actual, expected[i]))
                        .as("row of column %s of %s", i, batch)
                        .isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void agreesWithDoublePrecision(TensorType type, int rows, int columns) {
        PackedMatrix matrix = RandomMatrix.pack(RandomMatrix.tensor(type, rows, columns, 3));
        float[] x = RandomMatrix.column(columns, new Random(5));
        float[] weights = new float[columns];
        for (int row = 0; row < rows; row++) {
            matrix.row(row, weights, 0);
            double exact = 0;
            double size = 0;
            for (int i = 0; i < columns; i++) {
                exact += (double) weights[i] * x[i];
                size += Math.abs((double) weights[i] * x[i]);
            }
            assertThat((double) ScalarKernels.dot(matrix, row, x, 0))
                    .isCloseTo(exact, org.assertj.core.data.Offset.offset(size * 2e-6 + 1e-9));
        }
    }
}
