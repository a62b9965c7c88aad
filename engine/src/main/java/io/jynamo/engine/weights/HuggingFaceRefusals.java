package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Options of config.json that would change the computation in ways the engine does not follow. */
final class HuggingFaceRefusals {
    private static final List<String> EXPERTS = List.of("num_experts", "num_local_experts", "n_routed_experts");
    private static final List<String> FLAGS = List.of("mlp_bias", "use_bidirectional_attention");
    private static final List<String> NUMBERS = List.of("attn_logit_softcapping", "final_logit_softcapping");

    private HuggingFaceRefusals() {}

    static void check(ConfigJson config) {
        for (String key : EXPERTS) {
            if (config.find(key, 0, 0, Integer.MAX_VALUE) > 0) {
                throw ModelFileProblem.unsupported(
                        config.file(),
                        "is a mixture of experts (" + key + " > 0), which is not supported; supported: "
                                + ModelSupport.architectures());
            }
        }
        config.findObject("quantization_config").ifPresent(quantization -> {
            String method = quantization.findString("quant_method").orElse("unnamed");
            throw ModelFileProblem.unsupported(
                    config.file(),
                    "the weights are quantised by method " + quote(method)
                            + ", which is not supported in safetensors; use the F32, F16 or BF16 weights, or a GGUF file");
        });
        for (String key : FLAGS) {
            if (config.flag(key, false)) {
                throw ModelFileProblem.unsupported(config.file(), "option " + key + " is not supported");
            }
        }
        for (String key : NUMBERS) {
            JsonNode value = config.value(key);
            if (value != null) {
                throw ModelFileProblem.unsupported(config.file(), "option " + key + " is not supported");
            }
        }
    }
}
