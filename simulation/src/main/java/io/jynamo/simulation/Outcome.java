package io.jynamo.simulation;

/**
 * What became of one request; times are virtual nanoseconds.
 *
 * @param number of the request, by arrival
 * @param worker index of the worker that had it
 * @param expectedBlocks leading prompt blocks that the router expected there
 */
public record Outcome(
        int number,
        int worker,
        int expectedBlocks,
        long arrivalNanos,
        long firstTokenNanos,
        long endNanos,
        int promptTokens,
        int cachedTokens,
        int outputTokens) {

    /** Time to the first token. */
    public double ttftMillis() {
        return (firstTokenNanos - arrivalNanos) / 1e6;
    }

    /** Time from the first token to the last, for each token after the first; 0 where there is none. */
    public double tpotMillis() {
        return outputTokens < 2 ? 0 : (endNanos - firstTokenNanos) / 1e6 / (outputTokens - 1);
    }

    public double e2eMillis() {
        return (endNanos - arrivalNanos) / 1e6;
    }
}
