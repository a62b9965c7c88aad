package io.jynamo.engine.tensor;

import io.jynamo.engine.weights.TensorType;

/**
 * How a tensor type lies in a {@link PackedMatrix}: the width of its codes, how scales are kept, and the constants that
 * turn a code into a weight.
 *
 * <p>A kernel decodes a code {@code q} into the float {@code f(q)} that costs least: {@code 1 + q/16} for 4 bits and
 * {@code 1 + q/32} for 5 (the code becomes the top of a mantissa), the number itself for the others. The weight is
 * {@code scaleFactor * d * (f(q) + bias) + m}.
 */
enum PackedFormat {
    F32(Codes.FLOAT, Scales.NONE, 1, 0, 32),
    F16(Codes.HALF, Scales.NONE, 1, 0, 32),
    BF16(Codes.BFLOAT, Scales.NONE, 1, 0, 32),
    Q4_0(Codes.FOUR, Scales.SCALE, 16, -1.5f, 32),
    Q4_1(Codes.FOUR, Scales.PAIR, 16, -1, 32),
    Q4_K(Codes.FOUR, Scales.PAIR, 16, -1, 32),
    Q5_0(Codes.FIVE, Scales.SCALE, 32, -1.5f, 32),
    Q5_1(Codes.FIVE, Scales.PAIR, 32, -1, 32),
    Q5_K(Codes.FIVE, Scales.PAIR, 32, -1, 32),
    Q6_K(Codes.EIGHT, Scales.SCALE, 1, 0, 16),
    Q8_0(Codes.EIGHT, Scales.SCALE, 1, 0, 32);

    /** The codes of 32 numbers of one row take {@code bytes}. */
    enum Codes {
        FOUR(16),
        FIVE(20),
        EIGHT(32),
        HALF(64),
        BFLOAT(64),
        FLOAT(128);

        final int bytes;

        Codes(int bytes) {
            this.bytes = bytes;
        }
    }

    /** What a group of one row has beside its codes: nothing, its scale, or its scale and m; floats. */
    enum Scales {
        NONE(0),
        SCALE(4),
        PAIR(8);

        final int bytes;

        Scales(int bytes) {
            this.bytes = bytes;
        }
    }

    final Codes codes;
    final Scales scales;
    final float scaleFactor;
    final float bias;

    /** Numbers of a row that share a scale. */
    final int group;

    PackedFormat(Codes codes, Scales scales, float scaleFactor, float bias, int group) {
        this.codes = codes;
        this.scales = scales;
        this.scaleFactor = scaleFactor;
        this.bias = bias;
        this.group = group;
    }

    static PackedFormat of(TensorType type) {
        return valueOf(type.name());
    }
}
