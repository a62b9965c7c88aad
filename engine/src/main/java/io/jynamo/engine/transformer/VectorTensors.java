package io.jynamo.engine.transformer;

import io.jynamo.engine.weights.WeightTensor;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Norm weights, biases and rope factors: vectors of a model file as plain floats. */
public final class VectorTensors {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private VectorTensors() {}

    /** The numbers of a vector; a matrix comes row by row. */
    public static float[] floats(WeightTensor tensor) {
        float[] out = new float[Math.multiplyExact(tensor.rows(), tensor.columns())];
        for (int i = 0; i < out.length; i++) {
            out[i] = switch (tensor.type()) {
                case F32 -> tensor.data().get(FLOAT, 4L * i);
                case F16 -> Float.float16ToFloat(tensor.data().get(SHORT, 2L * i));
                case BF16 -> Float.intBitsToFloat(tensor.data().get(SHORT, 2L * i) << 16);
                case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K ->
                    throw new JynamoException(
                            ErrorCode.MODEL_UNSUPPORTED,
                            "tensor " + tensor.name() + " is a vector of type " + tensor.type()
                                    + "; vectors are read as F32, F16 or BF16");
            };
        }
        return out;
    }
}
