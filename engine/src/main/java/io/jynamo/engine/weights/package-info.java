/**
 * Model files as tensors: GGUF and Hugging Face safetensors, memory-mapped, checked, and named by role.
 */
@NullMarked
package io.jynamo.engine.weights;

import org.jspecify.annotations.NullMarked;
