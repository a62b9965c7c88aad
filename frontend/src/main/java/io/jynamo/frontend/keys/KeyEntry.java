package io.jynamo.frontend.keys;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One key as its file says it.
 *
 * @param expires when it is taken no more, or null for never
 * @param disabled whether it is not taken now
 */
public record KeyEntry(
        KeyHash hash,
        KeyTerms terms,
        KeyLimits limits,
        @Nullable Instant expires,
        boolean disabled) {
    /** A key without limits that may do everything, as {@code --api-key} gives it. */
    public static KeyEntry plain(String key) {
        KeyHash hash = KeyHash.of(key);
        return new KeyEntry(
                hash,
                new KeyTerms("key-" + hash.hex().substring(0, 16), AllowedModels.ALL, new Isolation.None(), null, true),
                KeyLimits.NONE,
                null,
                false);
    }

    /** Why it is not taken, or null where it is. */
    @Nullable
    String refusal(Moment now) {
        if (disabled) {
            return "The API key `" + terms.name() + "` is disabled.";
        }
        Instant end = expires;
        return end != null && now.epochMillis() >= end.toEpochMilli()
                ? "The API key `" + terms.name() + "` expired at " + end + "."
                : null;
    }
}
