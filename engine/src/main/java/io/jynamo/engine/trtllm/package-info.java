/** TensorRT-LLM's trtllm-serve, joined by URL. */
@NullMarked
package io.jynamo.engine.trtllm;

import org.jspecify.annotations.NullMarked;
