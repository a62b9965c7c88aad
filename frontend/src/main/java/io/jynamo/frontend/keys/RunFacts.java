package io.jynamo.frontend.keys;

import io.jynamo.protocol.WorkerId;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to.
 *
 * @param placed whether a worker had it
 * @param firstTokenNanos from its arrival to its first token, 0 where there was none
 * @param worker that had it last, or null
 * @param finish why its first choice ended, or null where it did not
 */
public record RunFacts(
        boolean placed,
        long promptTokens,
        long cachedTokens,
        long completionTokens,
        long firstTokenNanos,
        @Nullable WorkerId worker,
        @Nullable String finish) {
    /** It came to nothing. */
    static final RunFacts NOTHING = new RunFacts(false, 0, 0, 0, 0, null, null);

    /** What its key pays: a prompt that no worker had is free. */
    long chargedTokens() {
        return placed ? promptTokens + completionTokens : 0;
    }
}
