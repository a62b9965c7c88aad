package io.jynamo.engine.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * How a tensor of a {@link RandomModel} is made from a hash of its name, exactly as random_models.py makes it.
 *
 * @param name the Hugging Face one
 * @param shape rows and columns, or one length
 * @param center and amplitude: of the numbers of an unquantised tensor
 * @param scale and second: the float16 numbers that every block of a quantised tensor carries
 */
record TensorRecipe(
        String name, TensorType type, List<Integer> shape, double center, double amplitude, float scale, float second) {
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    TensorRecipe {
        shape = List.copyOf(shape);
    }

    static TensorRecipe of(JsonNode node) {
        return new TensorRecipe(
                node.get("name").stringValue(),
                TensorType.valueOf(node.get("type").stringValue()),
                node.get("shape").valueStream().map(JsonNode::intValue).toList(),
                node.path("center").doubleValue(0),
                node.path("amplitude").doubleValue(0),
                (float) node.path("scale").doubleValue(0),
                (float) node.path("second").doubleValue(0));
    }

    int rows() {
        return shape.size() == 2 ? shape.getFirst() : 1;
    }

    int columns() {
        return shape.getLast();
    }

    /** The tensor's bytes in its type, row after row. */
    byte[] bytes(int seed) {
        return switch (type) {
            case F32, F16, BF16 -> encode(numbers(seed), type);
            default -> blocks(seed);
        };
    }

    /** The numbers of an unquantised tensor as its type holds them. */
    float[] numbers(int seed) {
        long state = state(seed);
        float[] numbers = new float[rows() * columns()];
        for (int i = 0; i < numbers.length; i++) {
            double v = (hash(state, i) >>> 40) * 0x1p-23 - 1;
            numbers[i] = rounded((float) (center + amplitude * v), type);
        }
        return numbers;
    }

    private byte[] blocks(int seed) {
        long state = state(seed);
        byte[] bytes = new byte[(int) type.bytes((long) rows() * columns())];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (hash(state, i) >>> 56);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < bytes.length / type.blockBytes(); block++) {
            int at = block * type.blockBytes();
            float sign = second == 0 && block % 2 == 1 ? -1 : 1;
            buffer.putShort(at + (type == TensorType.Q6_K ? 208 : 0), Float.floatToFloat16(sign * scale));
            if (second != 0) {
                buffer.putShort(at + 2, Float.floatToFloat16(second));
            }
        }
        return bytes;
    }

    static byte[] encode(float[] numbers, TensorType type) {
        ByteBuffer buffer =
                ByteBuffer.allocate((int) type.bytes(numbers.length)).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : numbers) {
            switch (type) {
                case F32 -> buffer.putFloat(number);
                case F16 -> buffer.putShort(Float.floatToFloat16(number));
                case BF16 -> buffer.putShort((short) (bfloat16(number) >>> 16));
                default -> throw new IllegalArgumentException("no encoder for " + type);
            }
        }
        return buffer.array();
    }

    private static float rounded(float number, TensorType type) {
        return switch (type) {
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(number));
            case BF16 -> Float.intBitsToFloat(bfloat16(number));
            default -> number;
        };
    }

    /** The bits of the nearest bfloat16, ties to even, as a float32's. */
    private static int bfloat16(float number) {
        int bits = Float.floatToRawIntBits(number);
        return bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000;
    }

    private long state(int seed) {
        long state = 0xCBF29CE484222325L;
        for (byte b : (seed + "/" + name).getBytes(StandardCharsets.UTF_8)) {
            state = (state ^ (b & 0xff)) * 0x100000001B3L;
        }
        return state;
    }

    private static long hash(long state, int index) {
        long z = state + (index + 1) * GOLDEN_RATIO;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
