package io.jynamo.frontend.keys;

import io.jynamo.router.Claim;
import org.jspecify.annotations.Nullable;

/**
 * What holds for every request of one key, beside its limits.
 *
 * @param name of the key; empty where no key is needed
 * @param models it may ask for
 * @param isolation of its cached prompts
 * @param priority the class its requests wait in and the highest priority they may ask an engine for, whatever their client
 *     says; null leaves both to the client
 * @param admin whether the fleet and its metrics are shown to it
 */
public record KeyTerms(
        String name,
        AllowedModels models,
        Isolation isolation,
        @Nullable Integer priority,
        boolean admin) {
    /** Where no key is needed. */
    public static final KeyTerms OPEN = new KeyTerms("", AllowedModels.ALL, new Isolation.None(), null, true);

    /**
     * Whose its requests are where tenants take turns.
     *
     * @param sent the header {@code x-tenant-id}, which counts only where there are no keys
     */
    public String tenant(@Nullable String sent) {
        if (name.isEmpty()) {
            return sent == null ? "" : sent.strip();
        }
        return isolation instanceof Isolation.ByTenant by ? by.tenant() : name;
    }

    /** What keeps its cached prompts apart, or null; {@code sent} is the client's own salt, or null. */
    public @Nullable String salt(@Nullable String sent) {
        return isolation.salt(name, sent);
    }

    /** Whether its cached prompts are kept apart whatever the client sends. */
    public boolean isIsolated() {
        return !(isolation instanceof Isolation.None);
    }

    /** What its requests may claim, of what they ask for. */
    public Claim claim(Claim asked) {
        return priority == null ? asked : asked.withStrictPriority(priority);
    }

    /** The priority that its requests have in an engine, of what they ask for; higher goes first. */
    public int priority(int asked) {
        return priority == null ? asked : Math.min(priority, asked);
    }
}
