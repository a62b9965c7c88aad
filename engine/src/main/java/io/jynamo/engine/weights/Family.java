package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The families of transformers that the engine computes, with the tensors each cannot do without. */
enum Family {
    /** Llama 2 and 3, and Mistral. */
    LLAMA,
    QWEN2,
    QWEN3,
    GEMMA3;

    /** Roles that every layer of this family must have. */
    Set<TensorRole> perLayer() {
        Set<TensorRole> roles = EnumSet.of(
                TensorRole.ATTENTION_NORM,
                TensorRole.QUERY,
                TensorRole.KEY,
                TensorRole.VALUE,
                TensorRole.ATTENTION_OUTPUT,
                TensorRole.FFN_NORM,
                TensorRole.FFN_GATE,
                TensorRole.FFN_UP,
                TensorRole.FFN_DOWN);
        switch (this) {
            case LLAMA -> {}
            case QWEN2 -> roles.addAll(List.of(TensorRole.QUERY_BIAS, TensorRole.KEY_BIAS, TensorRole.VALUE_BIAS));
            case QWEN3 -> roles.addAll(List.of(TensorRole.QUERY_NORM, TensorRole.KEY_NORM));
            case GEMMA3 ->
                roles.addAll(List.of(
                        TensorRole.QUERY_NORM,
                        TensorRole.KEY_NORM,
                        TensorRole.POST_ATTENTION_NORM,
                        TensorRole.POST_FFN_NORM));
        }
        return roles;
    }

    static Family ofGguf(Path file, String architecture) {
        return switch (architecture) {
            case "llama" -> LLAMA;
            case "qwen2" -> QWEN2;
            case "qwen3" -> QWEN3;
            case "gemma3" -> GEMMA3;
            default ->
                throw ModelFileProblem.unsupported(
                        file,
                        "architecture " + quote(architecture)
                                + " is not supported; supported GGUF architectures: llama (also Mistral), "
                                + "qwen2, qwen3, gemma3");
        };
    }
}
