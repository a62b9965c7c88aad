package io.jynamo.engine.weights;

import io.jynamo.engine.weights.ModelConfig.Activation;
import io.jynamo.engine.weights.ModelConfig.Rope;
import io.jynamo.engine.weights.ModelConfig.RopeLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads a {@link ModelConfig} out of a Hugging Face folder's config.json and generation_config.json. Options that the engine does not
 * compute are refused by name.
 *
 * @param tiedOutput the embedding doubles as the output matrix
 */
record HuggingFaceConfig(HuggingFaceFamily kind, ModelConfig model, boolean tiedOutput) {
    private static final int MAX_BYTES = 4 << 20;

    static HuggingFaceConfig read(Path folder) {
        Path file = folder.resolve("config.json");
        if (!Files.exists(file)) {
            throw ModelFileProblem.missing(file, "no such file; a model folder needs it");
        }
        ConfigJson outer = ConfigJson.read(file, MAX_BYTES);
        HuggingFaceFamily kind = HuggingFaceFamily.of(outer);
        ConfigJson text = kind == HuggingFaceFamily.GEMMA3_MULTIMODAL
                ? outer.findObject("text_config").orElseThrow(() -> outer.wrong("text_config", "an object"))
                : outer;
        HuggingFaceRefusals.check(outer);
        HuggingFaceRefusals.check(text);
        boolean tied = outer.flag("tie_word_embeddings", text.flag("tie_word_embeddings", kind.tiedByDefault()));
        return new HuggingFaceConfig(kind, model(folder, kind, outer, text), tied);
    }

    private static ModelConfig model(Path folder, HuggingFaceFamily kind, ConfigJson outer, ConfigJson c) {
        var defaults = Defaults.of(kind);
        int layers = c.find("num_hidden_layers", defaults.layers, 1, ConfigLimits.LAYERS);
        int hidden = c.find("hidden_size", defaults.hidden, 1, ConfigLimits.WIDTH);
        int heads = c.find("num_attention_heads", defaults.heads, 1, ConfigLimits.HEADS);
        int headSize = c.find(
                "head_dim", defaults.headSize > 0 ? defaults.headSize : hidden / heads, 1, ConfigLimits.HEAD_SIZE);
        Rope rope = HuggingFaceRope.global(kind, c);
        SlidingLayers sliding = SlidingLayers.of(kind, c, layers);
        return ConfigLimits.checked(
                c.file(),
                new ModelConfig(
                        kind.architecture(),
                        layers,
                        hidden,
                        c.find("intermediate_size", defaults.ffn, 1, ConfigLimits.WIDTH),
                        heads,
                        c.find(
                                "num_key_value_heads",
                                defaults.kvHeads > 0 ? defaults.kvHeads : heads,
                                1,
                                ConfigLimits.HEADS),
                        headSize,
                        c.find("vocab_size", defaults.vocabulary, 1, ConfigLimits.VOCABULARY),
                        c.find("max_position_embeddings", kind.defaultContext(), 1, Integer.MAX_VALUE),
                        c.findPositive("rms_norm_eps").orElse(1e-6f),
                        kind.isGemma() ? 1 : 0,
                        (float) (1 / Math.sqrt(attentionScalar(kind, c, headSize))),
                        kind.isGemma() ? (float) Math.sqrt(hidden) : 1,
                        activation(kind, c),
                        RopeLayout.HALVES,
                        rope,
                        kind.isGemma() ? HuggingFaceRope.local(c) : rope,
                        sliding.window(),
                        sliding.layers(),
                        endTokens(folder, outer, c),
                        bosToken(outer, c)));
    }

    private static float attentionScalar(HuggingFaceFamily kind, ConfigJson c, int headSize) {
        return kind.isGemma() ? c.findPositive("query_pre_attn_scalar").orElse(256f) : headSize;
    }

    private static Activation activation(HuggingFaceFamily kind, ConfigJson c) {
        String key = kind.isGemma() ? "hidden_activation" : "hidden_act";
        String name = c.findString(key).orElse(kind.isGemma() ? "gelu_pytorch_tanh" : "silu");
        return switch (name) {
            case "silu", "swish" -> Activation.SILU;
            case "gelu_pytorch_tanh" -> Activation.GELU_TANH;
            default ->
                throw ModelFileProblem.unsupported(
                        c.file(),
                        key + " " + ModelFileProblem.quote(name)
                                + " is not supported; supported: silu, gelu_pytorch_tanh");
        };
    }

    private static @Nullable Integer bosToken(ConfigJson outer, ConfigJson text) {
        ConfigJson from = text.value("bos_token_id") == null ? outer : text;
        return from.value("bos_token_id") == null ? null : from.require("bos_token_id", 0, Integer.MAX_VALUE);
    }

    /** All ids that either file names: chat models end turns with a token that only generation_config.json lists. */
    private static Set<Integer> endTokens(Path folder, ConfigJson outer, ConfigJson text) {
        var ids = new HashSet<Integer>();
        addIds(outer, ids);
        addIds(text, ids);
        Path generation = folder.resolve("generation_config.json");
        if (Files.exists(generation)) {
            addIds(ConfigJson.read(generation, MAX_BYTES), ids);
        }
        return ids;
    }

    private static void addIds(ConfigJson config, Set<Integer> ids) {
        JsonNode value = config.value("eos_token_id");
        for (JsonNode id : value == null ? List.<JsonNode>of() : value.isArray() ? value : List.of(value)) {
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
                throw config.wrong("eos_token_id", "a token id or a list of them");
            }
            ids.add(id.intValue());
        }
    }

    /** Sizes that a Gemma 3 file may leave out, and marks (0) where the others must say or derive. */
    private record Defaults(int layers, int hidden, int ffn, int heads, int kvHeads, int headSize, int vocabulary) {
        static Defaults of(HuggingFaceFamily kind) {
            return switch (kind) {
                case GEMMA3, GEMMA3_MULTIMODAL -> new Defaults(26, 2304, 9216, 8, 4, 256, 262_208);
                case QWEN3 -> new Defaults(0, 0, 0, 0, 0, 128, 0);
                case MISTRAL -> new Defaults(0, 0, 0, 0, 8, 0, 0);
                case LLAMA, QWEN2 -> new Defaults(0, 0, 0, 0, 0, 0, 0);
            };
        }
    }
}
