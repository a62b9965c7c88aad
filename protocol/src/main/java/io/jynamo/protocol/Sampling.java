package io.jynamo.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the next token is drawn from the logits.
 *
 * @param temperature 0 means greedy; otherwise logits are divided by it; 0 to 2
 * @param topP keep the smallest set of tokens whose probability reaches it; 0 (exclusive) to 1, 1 keeps all
 * @param topK keep the K most likely tokens; 0 keeps all
 * @param minP drop tokens less likely than this share of the most likely one; 0 to 1, 0 keeps all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen in prompt or output; 1 is off
 * @param presencePenalty subtracted once from the logit of each token in the output; -2 to 2
 * @param frequencyPenalty subtracted per occurrence in the output; -2 to 2
 * @param logitBias token id to a value added to its logit; -100 to 100
 * @param seed makes the draw a function of the request alone, whatever else is in the batch; null draws afresh
 */
public record Sampling(
        float temperature,
        float topP,
        int topK,
        float minP,
        float repetitionPenalty,
        float presencePenalty,
        float frequencyPenalty,
        Map<Integer, Float> logitBias,
        @Nullable Long seed) {

    /** Always the most likely token; no penalties. */
    public static final Sampling GREEDY = new Sampling(0f, 1f, 0, 0f, 1f, 0f, 0f, Map.of(), null);

    public Sampling {
        logitBias = Map.copyOf(logitBias);
    }

    /** The same with another seed. */
    public Sampling withSeed(long other) {
        return new Sampling(
                temperature, topP, topK, minP, repetitionPenalty, presencePenalty, frequencyPenalty, logitBias, other);
    }

    public boolean isGreedy() {
        return temperature == 0f;
    }
}
