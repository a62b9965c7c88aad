/**
 * Vectors and scores: {@code /v1/embeddings}, {@code /v1/rerank} and {@code /v1/score}. {@link
 * io.jynamo.frontend.embed.EmbeddingService} takes requests, {@code TextReader} makes token ids of them, {@code VectorRun} has a
 * worker compute them and ends once, {@code Answers} writes what came.
 */
@NullMarked
package io.jynamo.frontend.embed;

import org.jspecify.annotations.NullMarked;
