package io.jynamo.frontend.keys;

import org.jspecify.annotations.Nullable;

/**
 * With whom a key shares cached prompts. It comes to engines and routers as the salt of {@link
 * io.jynamo.protocol.CacheScope}: from the key alone, never from anything that its client sends.
 *
 * <p>A client's own salt divides what the key may see further. Salts of isolated keys begin with a mark of their own, and a
 * client's salt that begins with it is put behind another: nobody can name the salt of somebody else.
 */
public sealed interface Isolation {
    /** Shares with all that have none. */
    record None() implements Isolation {}

    /** Shares with nobody. */
    record ByKey() implements Isolation {}

    /** Shares with the other keys of a tenant. */
    record ByTenant(String tenant) implements Isolation {}

    /** The mark. */
    String MARK = "jynamo:";

    /** Digits of a digest that stands for a key or a tenant. */
    int DIGITS = 32;

    /**
     * What keeps the caches of a request apart, or null where all may share them.
     *
     * @param key its name
     * @param sent what the client sent, or null
     */
    default @Nullable String salt(String key, @Nullable String sent) {
        String own = sent == null || sent.isEmpty() ? null : sent;
        return switch (this) {
            case None ignored -> own != null && own.startsWith(MARK) ? MARK + "client:" + own : own;
            case ByKey ignored -> mark("key", key, own);
            case ByTenant by -> mark("tenant", by.tenant(), own);
        };
    }

    private static String mark(String kind, String name, @Nullable String own) {
        String digest = KeyHash.of(kind + ":" + name).hex().substring(0, DIGITS);
        return MARK + kind + ":" + digest + (own == null ? "" : ":" + own);
    }
}
