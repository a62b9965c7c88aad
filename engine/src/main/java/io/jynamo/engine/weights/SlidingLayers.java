package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * Which layers of a Hugging Face model see only a window.
 *
 * @param window tokens, the current one included; 0 for none
 */
record SlidingLayers(int window, List<Boolean> layers) {
    private static final int DEFAULT_WINDOW = 4096;
    private static final int GEMMA_PERIOD = 6;
    private static final int QWEN_FULL_LAYERS = 28;

    SlidingLayers {
        layers = List.copyOf(layers);
    }

    static SlidingLayers of(HuggingFaceFamily kind, ConfigJson config, int layers) {
        int window = window(kind, config);
        if (window == 0) {
            return new SlidingLayers(0, Collections.nCopies(layers, false));
        }
        List<Boolean> sliding =
                config.value("layer_types") == null ? byRule(kind, config, layers) : listed(config, layers);
        return new SlidingLayers(window, sliding);
    }

    private static int window(HuggingFaceFamily kind, ConfigJson config) {
        boolean possible = switch (kind) {
            case LLAMA -> false;
            case QWEN2, QWEN3 -> config.flag("use_sliding_window", false);
            // An explicit null, as later Mistral models have it, means none; a missing key means the class's default.
            case MISTRAL, GEMMA3, GEMMA3_MULTIMODAL ->
                config.value("sliding_window") != null || !config.mentions("sliding_window");
        };
        return possible ? config.find("sliding_window", DEFAULT_WINDOW, 1, Integer.MAX_VALUE) : 0;
    }

    private static List<Boolean> byRule(HuggingFaceFamily kind, ConfigJson config, int layers) {
        IntPredicate rule = switch (kind) {
            case LLAMA, MISTRAL -> layer -> true;
            case QWEN2, QWEN3 -> {
                int full = config.find("max_window_layers", QWEN_FULL_LAYERS, 0, Integer.MAX_VALUE);
                yield layer -> layer >= full;
            }
            case GEMMA3, GEMMA3_MULTIMODAL -> {
                // Files of transformers 4.5x say it with an underscore.
                int named = config.find("_sliding_window_pattern", GEMMA_PERIOD, 1, ConfigLimits.LAYERS);
                int period = config.find("sliding_window_pattern", named, 1, ConfigLimits.LAYERS);
                yield layer -> (layer + 1) % period != 0;
            }
        };
        return IntStream.range(0, layers).mapToObj(rule::test).toList();
    }

    private static List<Boolean> listed(ConfigJson config, int layers) {
        JsonNode types = config.value("layer_types");
        if (types == null || !types.isArray() || types.size() != layers) {
            throw config.wrong("layer_types", "a list with one entry per layer");
        }
        var sliding = new ArrayList<Boolean>();
        for (JsonNode type : types) {
            String name = type.isString() ? type.stringValue() : type.toString();
            sliding.add(
                    switch (name) {
                        case "full_attention" -> false;
                        case "sliding_attention" -> true;
                        default ->
                            throw ModelFileProblem.unsupported(
                                    config.file(),
                                    "layer type " + quote(name)
                                            + " is not supported; supported: full_attention, sliding_attention");
                    });
        }
        return sliding;
    }
}
