package io.jynamo.router.select;

import io.jynamo.protocol.OthersLoad;

/**
 * What is expected of one worker at one moment, learned from what it did; times in milliseconds. Nothing until a
 * {@link WorkerPace} writes it, which may write it again, so that a decision makes no new ones. One thread at a time.
 */
public final class Outlook {
    /** Before it begins with the prompt: what it was given before, and what first tokens take besides. */
    double waitMillis;
    /** Of a step that computes prompts, whatever their size. */
    double prefillBase;
    /** Of each prompt token in it. */
    double prefillPerToken;
    /** Of each prompt token whose KV comes from host memory. */
    double fetchPerHostToken;
    /** Of each whose KV comes from disk or farther. */
    double fetchPerFarToken;
    /** Requests whose prompts it has yet to compute, as far as one more holds them up. */
    double waiting;
    /** Requests past their prompt, which stand still while it computes others'. */
    int streams;
    /** Tokens that all of those look back on, or will, together. */
    long contextTokens;
    /** How much longer a decoding step takes per token that is looked back on. */
    double stepPerToken;
    /** What a request of this fleet puts out. */
    double outputTokens;
    /**
     * Share of prompt tokens lately found cached: what the tokens that a request displaces are worth; more where the worker is
     * pressed harder than others.
     */
    double reuse;
    /** Requests that come to a worker while it has yet to compute a prompt, and so wait for it. */
    double followers;
    /** Requests that will come back for a prompt computed here, as this fleet's do. */
    double returns;
    /** How long prompts usually wait here. */
    double usualWaitMillis;

    /** Becomes the same as another. */
    void set(Outlook other) {
        waitMillis = other.waitMillis;
        prefillBase = other.prefillBase;
        prefillPerToken = other.prefillPerToken;
        fetchPerHostToken = other.fetchPerHostToken;
        fetchPerFarToken = other.fetchPerFarToken;
        waiting = other.waiting;
        streams = other.streams;
        contextTokens = other.contextTokens;
        stepPerToken = other.stepPerToken;
        outputTokens = other.outputTokens;
        reuse = other.reuse;
        followers = other.followers;
        returns = other.returns;
        usualWaitMillis = other.usualWaitMillis;
    }

    /** Others than this router keep the worker busy too. */
    public void add(OthersLoad others) {
        waitMillis += prefillPerToken * others.prefillTokens();
        streams += others.requests();
    }

    /** How long it computes so many prompt tokens. */
    double prefillMillis(long tokens) {
        return prefillBase + prefillPerToken * tokens;
    }
}
