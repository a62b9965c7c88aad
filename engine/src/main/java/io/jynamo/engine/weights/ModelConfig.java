package io.jynamo.engine.weights;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The hyperparameters of a decoder-only transformer, the same for every file format.
 *
 * @param architecture the file's own name for it, for example {@code llama}, {@code qwen2}, {@code gemma3}
 * @param hiddenSize width of the residual stream
 * @param ffnSize width of the gated feed-forward
 * @param headSize numbers per head, for queries, keys and values alike
 * @param contextLength tokens it was trained for
 * @param normEpsilon added to the mean square in every RMS norm
 * @param normOffset added to every norm weight before use: 1 for Gemma from safetensors, 0 where the file has it baked in
 * @param attentionScale factor on query times key, usually {@code 1 / sqrt(headSize)}
 * @param embeddingScale factor on the token embedding: {@code sqrt(hiddenSize)} for Gemma, else 1
 * @param activation of the gate
 * @param ropeLayout how the file pairs a head's numbers for rotation
 * @param rope rotation of layers that attend to everything
 * @param localRope rotation of sliding-window layers
 * @param slidingWindow tokens that sliding layers see, the current one included; 0 for none
 * @param slidingLayers per layer: attends only within the window
 * @param eosTokenIds ids that end a sequence
 * @param bosTokenId id that begins one, or null
 */
public record ModelConfig(
        String architecture,
        int layers,
        int hiddenSize,
        int ffnSize,
        int heads,
        int kvHeads,
        int headSize,
        int vocabularySize,
        int contextLength,
        float normEpsilon,
        float normOffset,
        float attentionScale,
        float embeddingScale,
        Activation activation,
        RopeLayout ropeLayout,
        Rope rope,
        Rope localRope,
        int slidingWindow,
        List<Boolean> slidingLayers,
        Set<Integer> eosTokenIds,
        @Nullable Integer bosTokenId) {

    public ModelConfig {
        slidingLayers = List.copyOf(slidingLayers);
        eosTokenIds = Set.copyOf(eosTokenIds);
    }

    /** The gate's activation. */
    public enum Activation {
        SILU,
        /** The tanh approximation. */
        GELU_TANH
    }

    /** Which numbers of a head are rotated together. */
    public enum RopeLayout {
        /** Neighbours 2i and 2i+1: Llama-family GGUF files, whose query and key rows were permuted for it. */
        INTERLEAVED,
        /** i and i + headSize/2: Hugging Face files, and GGUF files of the other families. */
        HALVES
    }

    /**
     * Rotary position embedding: pair i turns by {@code position * base^(-2i/headSize) / factor(i)}.
     *
     * @param base theta
     * @param scaling how frequencies are stretched for longer contexts
     */
    public record Rope(float base, RopeScaling scaling) {}

    /** How rotary frequencies are stretched. */
    public sealed interface RopeScaling {
        record None() implements RopeScaling {}

        /** Every frequency divided by {@code factor}. */
        record Linear(float factor) implements RopeScaling {}

        /** Llama 3.1: low frequencies divided by {@code factor}, high ones kept, a ramp between. */
        record Llama3(float factor, float lowFrequencyFactor, float highFrequencyFactor, int originalContextLength)
                implements RopeScaling {}

        /** Frequencies divided one by one by the file's {@link TensorRole#ROPE_FACTORS}. */
        record Factors() implements RopeScaling {}
    }
}
