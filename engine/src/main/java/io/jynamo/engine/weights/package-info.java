/**
 * Model files as tensors: GGUF and Hugging Face safetensors, memory-mapped, checked, and named by role.
 *
 * <p>{@link io.jynamo.engine.weights.Models#open} takes a GGUF file (version 2 or 3) or a Hugging Face folder (config.json and safetensors, sharded or
 * not) and gives {@link io.jynamo.engine.weights.ModelWeights}: one {@link io.jynamo.engine.weights.ModelConfig} whatever the format, and tensors by role and
 * layer, still encoded. {@link io.jynamo.engine.weights.ModelSummary} describes a model for listings, also one that the engine cannot compute.
 *
 * <ol>
 *   <li>Nothing a file claims is believed before it is checked against what is left of the file: counts and lengths before allocation, shapes
 *       against overflow and against the configuration, tensors against the end and each other, nesting, duplicates.
 *   <li>A bad file gives MODEL_FILE_MISSING, MODEL_FILE_CORRUPT or MODEL_UNSUPPORTED, naming file, place and what to do. Nothing else comes out.
 *   <li>What would change the computation and is not computed is refused by name (experts, yarn, soft-capping, unknown tensors), never ignored.
 *   <li>An opened model has every tensor that its family needs.
 *   <li>A configuration says the same of a model in both formats, but for {@code ropeLayout}, {@code normOffset} (1 for Gemma from safetensors) and how Llama
 *       3 stretches its rotation ({@code Llama3}, or {@code Factors} with the file's own divisors).
 * </ol>
 *
 * <p>Tests to run first: BrokenGgufTest, BrokenFolderTest, MutatedModelTest, RandomModelTest. ModelFileFuzzTest replays its corpus, and searches for
 * more with JAZZER_FUZZ=1.
 */
@NullMarked
package io.jynamo.engine.weights;

import org.jspecify.annotations.NullMarked;
