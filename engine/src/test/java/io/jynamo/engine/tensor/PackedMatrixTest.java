package io.jynamo.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.weights.TensorType;
import io.jynamo.engine.weights.WeightTensor;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packing loses nothing: a row comes out as the file's format says. */
class PackedMatrixTest {
    @ParameterizedTest
    @EnumSource(TensorType.class)
    void everyRowKeepsItsPlace(TensorType type) {
        int rows = 70;
        WeightTensor whole = RandomMatrix.tensor(type, rows, 512, 1);
        PackedMatrix matrix = RandomMatrix.pack(whole);
        long rowBytes = type.bytes(512);
        float[] row = new float[512];
        float[] alone = new float[512];
        for (int i = 0; i < rows; i++) {
            matrix.row(i, row, 0);
            MemorySegment slice = whole.data().asSlice(i * rowBytes, rowBytes);
            RandomMatrix.pack(new WeightTensor("row", type, 1, 512, slice)).row(0, alone, 0);
            assertThat(java.util.Arrays.equals(row, alone)).as("row %s", i).isTrue();
        }
    }
}
