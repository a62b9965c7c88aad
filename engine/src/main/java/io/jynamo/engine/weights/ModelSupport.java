package io.jynamo.engine.weights;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What the engine can run, in words for messages. */
final class ModelSupport {
    private ModelSupport() {}

    static String tensorTypes() {
        return Arrays.stream(TensorType.values()).map(Enum::name).collect(Collectors.joining(", "));
    }

    static String architectures() {
        return "Llama 2 and 3, Mistral, Qwen2 and 2.5, Qwen3 (dense), Gemma 3 (text)";
    }
}
