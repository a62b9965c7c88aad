/**
 * Any server that answers {@code /v1/completions} as an engine; what is known of vLLM, SGLang and llama.cpp behind that
 * interface is a {@link io.jynamo.engine.openai.CompletionsTraits}.
 */
@NullMarked
package io.jynamo.engine.openai;

import org.jspecify.annotations.NullMarked;
