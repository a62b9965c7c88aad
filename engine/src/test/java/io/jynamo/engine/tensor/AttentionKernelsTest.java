package io.jynamo.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.jynamo.engine.BlockSpace.ElementType;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention kernels give the scalar twins' bits, whatever the cache's type and the head's size. */
class AttentionKernelsTest {
    @ParameterizedTest
    @CsvSource({"F32,64", "F32,256", "F32,48", "F32,20", "F16,64", "F16,128", "BF16,64", "BF16,24"})
    void vectorsGiveTheScalarsBits(ElementType type, int size) {
        int tokens = 21;
        Random random = new Random(size);
        long address = Arena.ofAuto()
                .allocate((long) tokens * size * type.bytes() + 64, 64)
                .address();
        float[] query = RandomMatrix.column(size, random);
        float[] weights = RandomMatrix.column(tokens, random);
        float[][] rows = new float[tokens][];
        for (int t = 0; t < tokens; t++) {
            rows[t] = RandomMatrix.column(size, random);
            AttentionKernels.store(type, rows[t], 0, size, address + (long) t * size * type.bytes());
        }
        float[] scores = new float[tokens];
        AttentionKernels.scores(type, query, 0, size, address, tokens, scores, 0, new float[Lanes.COUNT * Lanes.COUNT]);
        float[] out = new float[size];
        AttentionKernels.weigh(type, weights, 0, address, tokens, out, 0, size);
        float[] twin = new float[size];
        ScalarKernels.weigh(type, weights, 0, address, tokens, twin, 0, size);
        assertThat(out).containsExactly(twin);
        float[] two = new float[2 * size];
        AttentionKernels.weighTwo(type, weights, 0, 1, address, tokens - 1, two, 0, size);
        for (int head = 0; head < 2; head++) {
            float[] one = new float[size];
            ScalarKernels.weigh(type, weights, head, address, tokens - 1, one, 0, size);
            assertThat(java.util.Arrays.copyOfRange(two, head * size, (head + 1) * size))
                    .containsExactly(one);
        }
        for (int t = 0; t < tokens; t++) {
            long row = address + (long) t * size * type.bytes();
            assertThat(scores[t]).isEqualTo(ScalarKernels.score(type, query, 0, size, row));
            float precision = type == ElementType.F32 ? 0 : type == ElementType.F16 ? 1e-3f : 1e-2f;
            assertThat(AttentionKernels.element(type, row)).isCloseTo(rows[t][0], offset(precision * 4));
        }
    }
}
