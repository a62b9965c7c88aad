package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import io.jynamo.engine.weights.ModelConfig.Rope;
import io.jynamo.engine.weights.ModelConfig.RopeScaling;
import java.util.Optional;

/**
 * The rotary settings of config.json, in both of its forms: {@code rope_theta} and {@code rope_scaling}, and, since transformers 5,
 * {@code rope_parameters}, which Gemma nests by kind of layer.
 */
final class HuggingFaceRope {
    private static final float GEMMA_GLOBAL_BASE = 1_000_000;
    private static final float DEFAULT_BASE = 10_000;

    private HuggingFaceRope() {}

    /** Rotation of layers that see everything; for all families but Gemma, of all layers. */
    static Rope global(HuggingFaceFamily kind, ConfigJson config) {
        float defaultBase = kind.isGemma() ? GEMMA_GLOBAL_BASE : DEFAULT_BASE;
        float base = config.findPositive("rope_theta").orElse(defaultBase);
        requireWhole(config);
        Optional<ConfigJson> parameters = config.findObject("rope_parameters");
        if (parameters.isPresent()) {
            ConfigJson mine = kind.isGemma()
                    ? parameters.get().findObject("full_attention").orElse(parameters.get())
                    : parameters.get();
            return new Rope(mine.findPositive("rope_theta").orElse(base), scaling(config, mine));
        }
        RopeScaling scaling = config.findObject("rope_scaling")
                .map(old -> scaling(config, old))
                .orElseGet(RopeScaling.None::new);
        return new Rope(base, scaling);
    }

    /** Rotation of Gemma's sliding layers. */
    static Rope local(ConfigJson config) {
        float base = config.findPositive("rope_local_base_freq").orElse(DEFAULT_BASE);
        return config.findObject("rope_parameters")
                .flatMap(parameters -> parameters.findObject("sliding_attention"))
                .map(mine -> new Rope(mine.findPositive("rope_theta").orElse(base), scaling(config, mine)))
                .orElseGet(() -> new Rope(base, new RopeScaling.None()));
    }

    private static RopeScaling scaling(ConfigJson config, ConfigJson rope) {
        requireWhole(rope);
        String type =
                rope.findString("rope_type").or(() -> rope.findString("type")).orElse("default");
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(rope.requirePositive("factor"));
            case "llama3" -> llama3(rope);
            default ->
                throw ModelFileProblem.unsupported(
                        config.file(),
                        "stretches its context by rope scaling " + quote(type)
                                + ", which is not supported; supported: default, linear, llama3");
        };
    }

    private static RopeScaling.Llama3 llama3(ConfigJson rope) {
        float low = rope.requirePositive("low_freq_factor");
        float high = rope.requirePositive("high_freq_factor");
        if (high <= low) {
            throw rope.wrong("high_freq_factor", "above low_freq_factor");
        }
        return new RopeScaling.Llama3(
                rope.requirePositive("factor"),
                low,
                high,
                rope.require("original_max_position_embeddings", 1, Integer.MAX_VALUE));
    }

    private static void requireWhole(ConfigJson config) {
        if (config.findPositive("partial_rotary_factor").orElse(1f) != 1) {
            throw ModelFileProblem.unsupported(
                    config.file(), "rotates only a part of each head (partial_rotary_factor), which is not supported");
        }
    }
}
