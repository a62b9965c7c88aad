package io.jynamo.engine.weights;

import org.jspecify.annotations.Nullable;

/**
 * Every tensor encoding that GGUF numbers, also those nothing here computes with: their sizes are needed to check a file and their
 * names to refuse it. Ids that ggml has withdrawn have names and no size.
 */
enum GgmlType {
    F32(0, 1, 4, TensorType.F32),
    F16(1, 1, 2, TensorType.F16),
    Q4_0(2, 32, 18, TensorType.Q4_0),
    Q4_1(3, 32, 20, TensorType.Q4_1),
    Q4_2(4),
    Q4_3(5),
    Q5_0(6, 32, 22, TensorType.Q5_0),
    Q5_1(7, 32, 24, TensorType.Q5_1),
    Q8_0(8, 32, 34, TensorType.Q8_0),
    Q8_1(9, 32, 40, null),
    Q2_K(10, 256, 84, null),
    Q3_K(11, 256, 110, null),
    Q4_K(12, 256, 144, TensorType.Q4_K),
    Q5_K(13, 256, 176, TensorType.Q5_K),
    Q6_K(14, 256, 210, TensorType.Q6_K),
    Q8_K(15, 256, 292, null),
    IQ2_XXS(16, 256, 66, null),
    IQ2_XS(17, 256, 74, null),
    IQ3_XXS(18, 256, 98, null),
    IQ1_S(19, 256, 50, null),
    IQ4_NL(20, 32, 18, null),
    IQ3_S(21, 256, 110, null),
    IQ2_S(22, 256, 82, null),
    IQ4_XS(23, 256, 136, null),
    I8(24, 1, 1, null),
    I16(25, 1, 2, null),
    I32(26, 1, 4, null),
    I64(27, 1, 8, null),
    F64(28, 1, 8, null),
    IQ1_M(29, 256, 56, null),
    BF16(30, 1, 2, TensorType.BF16),
    Q4_0_4_4(31),
    Q4_0_4_8(32),
    Q4_0_8_8(33),
    TQ1_0(34, 256, 54, null),
    TQ2_0(35, 256, 66, null),
    IQ4_NL_4_4(36),
    IQ4_NL_4_8(37),
    IQ4_NL_8_8(38),
    MXFP4(39, 32, 17, null),
    NVFP4(40, 64, 36, null),
    Q1_0(41, 128, 18, null);

    private static final GgmlType[] BY_ID = values();

    private final int id;
    private final int blockElements;
    private final int blockBytes;
    private final @Nullable TensorType computed;

    GgmlType(int id, int blockElements, int blockBytes, @Nullable TensorType computed) {
        this.id = id;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
        this.computed = computed;
    }

    /** A withdrawn id. */
    GgmlType(int id) {
        this(id, 0, 0, null);
    }

    /** The type with this id, or null. */
    static @Nullable GgmlType find(int id) {
        return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
    }

    /** Equals the ordinal; a test holds that. */
    int id() {
        return id;
    }

    /** Numbers per block; 0 for a withdrawn type. */
    int blockElements() {
        return blockElements;
    }

    int blockBytes() {
        return blockBytes;
    }

    /** The same encoding as the engine computes with it, or null where it does not. */
    @Nullable
    TensorType computed() {
        return computed;
    }
}
