package io.jynamo.engine.tensor;

import io.jynamo.engine.weights.TensorType;
import io.jynamo.engine.weights.WeightTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Tensors of random codes with scales of ordinary size, as a model file would hold them. */
final class RandomMatrix {
    private static final ThreadTeam TEAM = new ThreadTeam(1);

    private RandomMatrix() {}

    static PackedMatrix pack(WeightTensor tensor) {
        return MatrixPacker.pack(tensor, new MatrixMemory(), TEAM);
    }

    static WeightTensor tensor(TensorType type, int rows, int columns, long seed) {
        Random random = new Random(seed);
        MemorySegment data = Arena.ofAuto().allocate(type.bytes((long) rows * columns));
        int block = type.blockBytes();
        byte[] bytes = new byte[block];
        for (long at = 0; at < data.byteSize(); at += block) {
            random.nextBytes(bytes);
            MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, at, block);
            switch (type) {
                case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) random.nextGaussian());
                case F16 -> half(data, at, (float) random.nextGaussian());
                case BF16 -> {
                    int bits = Float.floatToRawIntBits((float) random.nextGaussian());
                    data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, (short) (bits >>> 16));
                }
                case Q4_0, Q5_0, Q8_0 -> half(data, at, random.nextFloat(-0.1f, 0.1f));
                case Q4_1, Q5_1, Q4_K, Q5_K -> {
                    half(data, at, random.nextFloat(-0.1f, 0.1f));
                    half(data, at + 2, random.nextFloat(-0.1f, 0.1f));
                }
                case Q6_K -> half(data, at + 208, random.nextFloat(-0.1f, 0.1f));
            }
        }
        return new WeightTensor("random " + type, type, rows, columns, data);
    }

    private static void half(MemorySegment data, long at, float value) {
        data.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(value));
    }

    static float[] column(int size, Random random) {
        float[] column = new float[size];
        for (int i = 0; i < size; i++) {
            column[i] = (float) random.nextGaussian();
        }
        return column;
    }
}
