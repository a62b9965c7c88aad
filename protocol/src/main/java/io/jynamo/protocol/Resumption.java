package io.jynamo.protocol;

/**
 * What a request goes on with that another worker began: its prompt's last tokens are output of a choice.
 *
 * @param outputTokens how many of the prompt's tokens are output drawn before; 0 for a request that begins
 * @param firstChoice index among the client's choices of this request's first, which seeds count with
 */
public record Resumption(int outputTokens, int firstChoice) {
    /** A request that begins. */
    public static final Resumption NONE = new Resumption(0, 0);

    public Resumption {
        if (outputTokens < 0 || firstChoice < 0) {
            throw new IllegalArgumentException(
                    "counts must not be negative: " + outputTokens + " output tokens, first choice " + firstChoice);
        }
    }
}
