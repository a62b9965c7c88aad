package io.jynamo.router.select;

/**
 * What is expected of one worker at one moment, learned from what it did; times in milliseconds.
 *
 * @param waitMillis until the prompts it was given before are computed
 * @param prefillBase of a step that computes prompts, whatever their size
 * @param prefillPerToken of each prompt token in it
 * @param streams requests that it has, which stand still while it computes the prompts of later ones
 * @param streamTokens tokens that those look back on, together
 * @param stepPerToken how much longer a decoding step takes per token that is looked back on
 * @param outputTokens what a request of this fleet puts out
 * @param reuse share of prompt tokens lately found cached: what the tokens this request would displace are worth
 * @param busy share of time lately spent computing prompts, 0 to 1
 */
public record Outlook(
        double waitMillis,
        double prefillBase,
        double prefillPerToken,
        int streams,
        long streamTokens,
        double stepPerToken,
        double outputTokens,
        double reuse,
        double busy) {
    /** Nothing is known. */
    public static final Outlook UNKNOWN = new Outlook(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** How long it computes so many prompt tokens. */
    public double prefillMillis(long tokens) {
        return prefillBase + prefillPerToken * tokens;
    }
}
