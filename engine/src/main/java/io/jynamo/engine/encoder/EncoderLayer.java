package io.jynamo.engine.encoder;

import io.jynamo.engine.tensor.PackedMatrix;

/** The weights of one encoder layer. */
record EncoderLayer(
        Dense query,
        Dense key,
        Dense value,
        Dense attentionOutput,
        Norm attentionNorm,
        Dense intermediate,
        Dense output,
        Norm outputNorm) {

    /** A matrix and what is added to its product. */
    @SuppressWarnings("ArrayRecordComponent") // read in the hot path, written never
    record Dense(PackedMatrix matrix, float[] bias) {}

    /** The factors and offsets of a layer norm. */
    @SuppressWarnings("ArrayRecordComponent") // read in the hot path, written never
    record Norm(float[] weight, float[] bias) {}
}
