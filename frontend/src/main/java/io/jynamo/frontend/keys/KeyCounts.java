package io.jynamo.frontend.keys;

import java.util.Map;

/**
 * What is counted of one key.
 *
 * @param running requests that run now
 * @param requests that were let in
 * @param denials requests kept out, by the limit that did
 */
public record KeyCounts(
        long running,
        long requests,
        long promptTokens,
        long cachedTokens,
        long completionTokens,
        Map<String, Long> denials) {
    public KeyCounts {
        denials = Map.copyOf(denials);
    }
}
