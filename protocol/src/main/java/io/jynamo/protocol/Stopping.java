package io.jynamo.protocol;

import java.util.Set;

/**
 * When a choice ends, as far as the engine can tell from ids. Stop strings are matched above the engine, which is then
 * cancelled.
 *
 * @param maxTokens output tokens at most, at least 1
 * @param minTokens end-of-sequence and stop ids cannot be drawn before this many output tokens
 * @param stopTokenIds ids that end the choice; the id itself is reported but is no output
 * @param ignoreEos go on past the model's own end-of-sequence ids
 */
public record Stopping(int maxTokens, int minTokens, Set<Integer> stopTokenIds, boolean ignoreEos) {
    public Stopping {
        stopTokenIds = Set.copyOf(stopTokenIds);
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1: " + maxTokens);
        }
        if (minTokens < 0 || minTokens > maxTokens) {
            throw new IllegalArgumentException("minTokens must be within 0.." + maxTokens + ": " + minTokens);
        }
    }

    /** Ends after {@code maxTokens} or at the model's end of sequence. */
    public static Stopping after(int maxTokens) {
        return new Stopping(maxTokens, 0, Set.of(), false);
    }
}
