/** vLLM, joined by URL. */
@NullMarked
package io.jynamo.engine.vllm;

import org.jspecify.annotations.NullMarked;
