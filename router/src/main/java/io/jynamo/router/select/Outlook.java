package io.jynamo.router.select;

import io.jynamo.protocol.OthersLoad;

/**
 * What is expected of one worker at one moment, learned from what it did; times in milliseconds.
 *
 * @param waitMillis before it begins with the prompt: what it was given before, and what first tokens take besides
 * @param prefillBase of a step that computes prompts, whatever their size
 * @param prefillPerToken of each prompt token in it
 * @param fetchPerHostToken of each prompt token whose KV comes from host memory
 * @param fetchPerFarToken of each whose KV comes from disk or farther
 * @param waiting requests whose prompts it has yet to compute, as far as one more holds them up
 * @param streams requests past their prompt, which stand still while it computes others'
 * @param contextTokens tokens that all of those look back on, or will, together
 * @param stepPerToken how much longer a decoding step takes per token that is looked back on
 * @param outputTokens what a request of this fleet puts out
 * @param reuse share of prompt tokens lately found cached: what the tokens that a request displaces are worth; more where
 *     the worker is pressed harder than others
 * @param followers requests that come to a worker while it has yet to compute a prompt, and so wait for it
 * @param returns requests that will come back for a prompt computed here, as this fleet's do
 * @param usualWaitMillis how long prompts usually wait here
 */
public record Outlook(
        double waitMillis,
        double prefillBase,
        double prefillPerToken,
        double fetchPerHostToken,
        double fetchPerFarToken,
        double waiting,
        int streams,
        long contextTokens,
        double stepPerToken,
        double outputTokens,
        double reuse,
        double followers,
        double returns,
        double usualWaitMillis) {
    /** Nothing is known. */
    public static final Outlook UNKNOWN = new Outlook(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** The same where others than this router keep the worker busy too. */
    public Outlook with(OthersLoad others) {
        if (others.equals(OthersLoad.NONE)) {
            return this;
        }
        return new Outlook(
                waitMillis + prefillPerToken * others.prefillTokens(),
                prefillBase,
                prefillPerToken,
                fetchPerHostToken,
                fetchPerFarToken,
                waiting,
                streams + others.requests(),
                contextTokens,
                stepPerToken,
                outputTokens,
                reuse,
                followers,
                returns,
                usualWaitMillis);
    }

    /** How long it computes so many prompt tokens. */
    public double prefillMillis(long tokens) {
        return prefillBase + prefillPerToken * tokens;
    }
}
