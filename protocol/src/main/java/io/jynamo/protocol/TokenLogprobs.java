package io.jynamo.protocol;

/**
 * The natural-log probability of one token under the model's own distribution (before temperature, penalties and
 * filters), with the most likely alternatives.
 *
 * @param topTokens ids of the most likely tokens, best first
 * @param topLogprobs their log probabilities, parallel to {@code topTokens}
 */
@SuppressWarnings("ArrayRecordComponent") // hot path; both arrays are written once and only read
public record TokenLogprobs(int token, float logprob, int[] topTokens, float[] topLogprobs) {}
