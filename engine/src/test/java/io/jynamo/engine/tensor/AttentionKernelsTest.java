package io.jynamo.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.jynamo.engine.BlockSpace.ElementType;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention kernels give the scalar twins' bits, whatever the head's size. */
class AttentionKernelsTest {
    private static final int QUERIES = AttentionKernels.QUERIES;

    private static long memory(int floats) {
        return Arena.ofAuto().allocate(4L * floats + 64, 64).address();
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256, 48, 20})
    void scoresHaveTheScalarsBits(int size) {
        Random random = new Random(size);
        int tokens = 2 * Lanes.COUNT;
        long address = memory(tokens * size);
        float[][] keys = new float[tokens][];
        for (int t = 0; t < tokens; t++) {
            keys[t] = RandomMatrix.column(size, random);
            AttentionKernels.store(ElementType.F32, keys[t], 0, size, address + 4L * t, tokens);
        }
        float[][] queries = new float[QUERIES][];
        float[] packed = new float[QUERIES * size];
        for (int i = 0; i < QUERIES; i++) {
            queries[i] = RandomMatrix.column(size, random);
            for (int d = 0; d < size; d++) {
                packed[d * QUERIES + i] = queries[i][d];
            }
        }
        int stride = tokens + 5;
        float[] scores = new float[QUERIES * stride];
        AttentionKernels.scores(packed, 0, size, address, address + Strip.VECTOR, 4L * tokens, scores, 0, stride);
        for (int i = 0; i < QUERIES; i++) {
            for (int t = 0; t < tokens; t++) {
                assertThat(scores[i * stride + t]).isEqualTo(ScalarKernels.score(queries[i], keys[t]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256, 48, 20})
    void weighingHasTheScalarsBits(int size) {
        Random random = new Random(size);
        int tokens = 21;
        long address = memory(tokens * size);
        long[] rows = new long[tokens + 2];
        for (int t = 0; t < tokens; t++) {
            // Backwards, for tokens of different blocks lie anywhere.
            rows[t + 2] = address + 4L * (tokens - 1 - t) * size;
            AttentionKernels.store(ElementType.F32, RandomMatrix.column(size, random), 0, size, rows[t + 2], 1);
        }
        float[] weights = RandomMatrix.column(QUERIES * (tokens + 3), random);
        float[] out = new float[QUERIES * size];
        AttentionKernels.weigh(weights, 3, tokens, rows, 2, tokens, out, 0, size);
        for (int i = 0; i < QUERIES; i++) {
            float[] twin = new float[size];
            ScalarKernels.weigh(weights, 3 + i * tokens, rows, 2, tokens, twin, 0, size);
            assertThat(Arrays.copyOfRange(out, i * size, (i + 1) * size)).containsExactly(twin);
        }
    }

    @ParameterizedTest
    @EnumSource(ElementType.class)
    void numbersComeBackRoundedToTheirType(ElementType type) {
        int count = 3 * Lanes.COUNT + 7;
        float[] numbers = RandomMatrix.column(count, new Random(1));
        long stored = memory(count);
        long widened = memory(count);
        AttentionKernels.store(type, numbers, 0, count, stored, 1);
        AttentionKernels.widen(type, stored, widened, count);
        float precision = type == ElementType.F32 ? 0 : type == ElementType.F16 ? 1e-3f : 1e-2f;
        for (int i = 0; i < count; i++) {
            float back = AttentionKernels.element(ElementType.F32, widened + 4L * i);
            assertThat(back).isEqualTo(AttentionKernels.element(type, stored + (long) i * type.bytes()));
            assertThat(back).isCloseTo(numbers[i], offset(precision * 4));
        }
    }
}
