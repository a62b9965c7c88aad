/**
 * Texts to vectors: BERT-like encoders computed in this process. {@link io.jynamo.engine.encoder.EncoderModel} holds packed
 * weights, {@link io.jynamo.engine.encoder.EncoderPass} computes one batch, {@link io.jynamo.engine.encoder.TextQueue} is the
 * core that says which texts come next, {@link io.jynamo.engine.encoder.EmbeddingEngine} the thread around both.
 */
@NullMarked
package io.jynamo.engine.encoder;

import org.jspecify.annotations.NullMarked;
