package io.jynamo.simulation.workload;

/**
 * One request of a session.
 *
 * @param prompt all of it, with what was said before
 * @param outputTokens it will put out
 * @param answer the token that its answer is made of
 * @param pauseNanos from the end of the turn before, or from the session's start
 */
public record Turn(Prompt prompt, int outputTokens, int answer, long pauseNanos) {
    public Turn {
        if (outputTokens < 1 || answer < 1 || pauseNanos < 0) {
            throw new IllegalArgumentException("a turn needs output and an answer, and waits forward: " + outputTokens
                    + ", " + answer + ", " + pauseNanos);
        }
    }
}
