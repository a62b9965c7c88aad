package io.jynamo.engine.weights;

import io.jynamo.engine.weights.ModelConfig.Activation;
import io.jynamo.engine.weights.ModelConfig.Rope;
import io.jynamo.engine.weights.ModelConfig.RopeLayout;
import io.jynamo.engine.weights.ModelConfig.RopeScaling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads a {@link ModelConfig} out of a GGUF file's metadata, with the defaults and derived values that llama.cpp gives each
 * architecture.
 */
final class GgufConfig {
    private static final int GEMMA_PERIOD = 6;
    private static final int GEMMA_27B_LAYERS = 62;
    private static final float DEFAULT_ROPE_BASE = 10_000;

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final Family family;

    private GgufConfig(GgufFile file) {
        this.file = file;
        this.metadata = GgufMetadata.of(file.path(), file.metadata());
        this.family = Family.ofGguf(file.path(), metadata.architecture());
    }

    static ModelConfig read(GgufFile file) {
        return new GgufConfig(file).read();
    }

    private ModelConfig read() {
        if (metadata.find("expert_count", 0, 0, Integer.MAX_VALUE) > 0) {
            throw ModelFileProblem.unsupported(
                    file.path(),
                    "is a mixture of experts (expert_count > 0), which is not supported; supported: "
                            + ModelSupport.architectures());
        }
        int layers = metadata.require("block_count", 1, ConfigLimits.LAYERS);
        int hiddenSize = metadata.require("embedding_length", 1, ConfigLimits.WIDTH);
        int heads = metadata.requireUniform("attention.head_count", 1, ConfigLimits.HEADS);
        int kvHeads = metadata.has("attention.head_count_kv")
                ? metadata.requireUniform("attention.head_count_kv", 1, ConfigLimits.HEADS)
                : heads;
        int headSize = headSize(hiddenSize, heads);
        int vocabularySize = vocabularySize();
        Rope rope = rope(headSize);
        int window = slidingWindow();
        return ConfigLimits.checked(
                file.path(),
                new ModelConfig(
                        metadata.architecture(),
                        layers,
                        hiddenSize,
                        metadata.requireUniform("feed_forward_length", 1, ConfigLimits.WIDTH),
                        heads,
                        kvHeads,
                        headSize,
                        vocabularySize,
                        metadata.require("context_length", 1, Integer.MAX_VALUE),
                        metadata.requirePositive("attention.layer_norm_rms_epsilon"),
                        0,
                        attentionScale(layers, hiddenSize, heads, headSize),
                        family == Family.GEMMA3 ? (float) Math.sqrt(hiddenSize) : 1,
                        family == Family.GEMMA3 ? Activation.GELU_TANH : Activation.SILU,
                        family == Family.LLAMA ? RopeLayout.INTERLEAVED : RopeLayout.HALVES,
                        rope,
                        family == Family.GEMMA3 ? gemmaLocalRope() : rope,
                        window,
                        slidingLayers(layers, window),
                        EndTokens.of(metadata, vocabularySize),
                        metadata.tokenId("tokenizer.ggml.bos_token_id", vocabularySize)));
    }

    private int headSize(int hiddenSize, int heads) {
        int keySize = metadata.find("attention.key_length", hiddenSize / heads, 1, ConfigLimits.HEAD_SIZE);
        int valueSize = metadata.find("attention.value_length", keySize, 1, ConfigLimits.HEAD_SIZE);
        if (keySize != valueSize) {
            throw ModelFileProblem.unsupported(
                    file.path(),
                    "has keys of " + keySize + " and values of " + valueSize
                            + " numbers; only equal sizes are supported");
        }
        return keySize;
    }

    /** The embedding has one row per id; metadata on it is optional and often absent. */
    private int vocabularySize() {
        GgufTensor embedding = file.tensors().get("token_embd.weight");
        if (embedding == null) {
            throw ModelFileProblem.corrupt(file.path(), "has no tensor token_embd.weight");
        }
        long rows = embedding.dimension(1);
        if (rows > ConfigLimits.VOCABULARY) {
            throw ModelFileProblem.corrupt(
                    file.path(), "token_embd.weight has " + rows + " rows, more than " + ConfigLimits.VOCABULARY);
        }
        return (int) rows;
    }

    private float attentionScale(int layers, int hiddenSize, int heads, int headSize) {
        if (family == Family.GEMMA3) {
            // The 27B model was trained with query_pre_attn_scalar = hidden / heads; the others with the head size.
            int scalar = layers == GEMMA_27B_LAYERS ? hiddenSize / heads : headSize;
            return (float) (1 / Math.sqrt(scalar));
        }
        return metadata.findPositive("attention.scale").orElse((float) (1 / Math.sqrt(headSize)));
    }

    private Rope rope(int headSize) {
        int rotated = metadata.find("rope.dimension_count", headSize, 1, ConfigLimits.HEAD_SIZE);
        if (rotated != headSize) {
            throw ModelFileProblem.unsupported(
                    file.path(),
                    "rotates " + rotated + " of " + headSize + " numbers per head; only whole heads are supported");
        }
        return new Rope(metadata.findPositive("rope.freq_base").orElse(DEFAULT_ROPE_BASE), ropeScaling());
    }

    private RopeScaling ropeScaling() {
        if (file.tensors().containsKey("rope_factors_long.weight")
                || file.tensors().containsKey("rope_factors_short.weight")) {
            throw unsupportedScaling("longrope");
        }
        RopeScaling byKeys = scalingByKeys();
        if (!file.tensors().containsKey("rope_freqs.weight")) {
            return byKeys;
        }
        if (byKeys instanceof RopeScaling.None) {
            return new RopeScaling.Factors();
        }
        throw unsupportedScaling("linear, together with rope_freqs.weight");
    }

    private RopeScaling scalingByKeys() {
        // The old key meant linear scaling before there were types.
        var oldFactor = metadata.findPositive("rope.scale_linear");
        String type = metadata.findString("rope.scaling.type").orElse("linear");
        return switch (type) {
            case "none" -> new RopeScaling.None();
            case "linear" -> {
                float factor = metadata.findPositive("rope.scaling.factor")
                        .or(() -> oldFactor)
                        .orElse(1f);
                yield factor == 1 ? new RopeScaling.None() : new RopeScaling.Linear(factor);
            }
            default -> throw unsupportedScaling(type);
        };
    }

    private RuntimeException unsupportedScaling(String type) {
        return ModelFileProblem.unsupported(
                file.path(),
                "stretches its context by rope scaling " + ModelFileProblem.quote(type)
                        + ", which is not supported; supported: none, linear, llama3");
    }

    private Rope gemmaLocalRope() {
        return new Rope(metadata.findPositive("rope.freq_base_swa").orElse(DEFAULT_ROPE_BASE), new RopeScaling.None());
    }

    private int slidingWindow() {
        return metadata.find("attention.sliding_window", 0, 0, Integer.MAX_VALUE);
    }

    /** Gemma 3: every sixth layer sees everything. Others: where a window is given, every layer has it, unless the file says which. */
    private List<Boolean> slidingLayers(int layers, int window) {
        if (window == 0) {
            return Collections.nCopies(layers, false);
        }
        String key = "attention.sliding_window_pattern";
        if (metadata.raw(metadata.architecture() + "." + key) instanceof boolean[] perLayer) {
            if (perLayer.length != layers) {
                throw ModelFileProblem.corrupt(
                        file.path(), key + " has " + perLayer.length + " entries for " + layers + " layers");
            }
            var sliding = new ArrayList<Boolean>();
            for (boolean one : perLayer) {
                sliding.add(one);
            }
            return sliding;
        }
        int period = metadata.find(key, family == Family.GEMMA3 ? GEMMA_PERIOD : 0, 0, ConfigLimits.LAYERS);
        var sliding = new ArrayList<Boolean>();
        for (int layer = 0; layer < layers; layer++) {
            sliding.add(period == 0 || layer % period < period - 1);
        }
        return sliding;
    }
}
