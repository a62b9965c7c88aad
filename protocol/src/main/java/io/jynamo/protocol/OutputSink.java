package io.jynamo.protocol;

import java.util.List;

/**
 * Where the output of one request goes. Called by one thread at a time, in order: at most one {@link #onPrompt}, then
 * deltas, then exactly one {@link #onFinished}. Implementations must not block: the caller may be an engine's step
 * loop.
 */
public interface OutputSink {
    /**
     * The prompt is in the KV cache.
     *
     * @param cachedTokens prompt tokens that were found there and not computed
     * @param logprobs one entry for each prompt token after the first, empty unless asked for
     */
    void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs);

    /** New output of one choice. */
    void onDelta(TokenDelta delta);

    /** The end; nothing follows. */
    void onFinished(GenerationEnd end);
}
