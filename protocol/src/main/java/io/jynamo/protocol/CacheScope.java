package io.jynamo.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Whose KV blocks may be shared with whom: blocks are reused only within one adapter and one salt.
 *
 * @param lora adapter name, or null for the base model
 * @param salt tenant or request salt, or null for none
 */
public record CacheScope(@Nullable String lora, @Nullable String salt) {
    public static final CacheScope SHARED = new CacheScope(null, null);

    /** Empty strings count as absent. */
    public CacheScope {
        lora = lora == null || lora.isEmpty() ? null : lora;
        salt = salt == null || salt.isEmpty() ? null : salt;
    }
}
