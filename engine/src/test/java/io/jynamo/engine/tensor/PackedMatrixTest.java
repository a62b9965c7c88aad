package io.jynamo.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.weights.BlockGolden;
import io.jynamo.engine.weights.TensorType;
import io.jynamo.engine.weights.WeightTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Packing loses nothing: a row comes out as the file's format says. */
class PackedMatrixTest {
    static List<BlockGolden> goldens() {
        return BlockGolden.all();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void rowsAreWhatAnIndependentReaderDecodes(BlockGolden golden) {
        float[] expected = golden.numbers();
        byte[] bytes = golden.bytes();
        MemorySegment data = Arena.ofAuto().allocate(bytes.length);
        MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
        PackedMatrix matrix = RandomMatrix.pack(new WeightTensor("golden", golden.type(), 1, expected.length, data));
        float[] row = new float[expected.length];
        matrix.row(0, row, 0);
        for (int i = 0; i < row.length; i++) {
            assertThat(row[i])
                    .as("number %s", i)
                    .isCloseTo(expected[i], org.assertj.core.data.Percentage.withPercentage(1e-5));
        }
    }

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
