package io.jynamo.engine.transformer;

import io.jynamo.engine.tensor.PackedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one transformer layer. Norm weights have the configuration's offset added; a null one is not in the
 * architecture.
 */
record Layer(
        boolean sliding,
        Norm attentionNorm,
        Projection query,
        Projection key,
        Projection value,
        @Nullable Norm queryNorm,
        @Nullable Norm keyNorm,
        Projection attentionOutput,
        @Nullable Norm postAttentionNorm,
        Norm ffnNorm,
        Projection gate,
        Projection up,
        Projection down,
        @Nullable Norm postFfnNorm) {

    /** A matrix and what is added to its product. */
    @SuppressWarnings("ArrayRecordComponent") // read in the hot path, written never
    record Projection(PackedMatrix matrix, float @Nullable [] bias) {}

    /** The factors of an RMS norm. */
    @SuppressWarnings("ArrayRecordComponent") // read in the hot path, written never
    record Norm(float[] weight) {}
}
