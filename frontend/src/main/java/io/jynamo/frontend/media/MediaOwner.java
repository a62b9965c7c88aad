package io.jynamo.frontend.media;

import org.jspecify.annotations.Nullable;

/**
 * Whose media are fetched.
 *
 * @param key that takes its share of places; empty where there are no keys
 * @param apart what keeps its caches from those of others, or null where all share
 */
public record MediaOwner(String key, @Nullable String apart) {
    /** Where there are no keys. */
    public static final MediaOwner ANYBODY = new MediaOwner("", null);
}
