package io.jynamo.frontend.keys;

import org.jspecify.annotations.Nullable;

/**
 * Whose something is that is kept: a key's, or, where no keys are needed, a tenant's. One owner never meets what is another's.
 *
 * @param key its name; empty where no key is needed
 * @param tenant as its client said, where no key is needed; else empty
 */
public record Owner(String key, String tenant) {
    /**
     * Whose a request is.
     *
     * @param sent the header {@code x-tenant-id}, which counts only where there are no keys
     */
    public static Owner of(KeyTerms terms, @Nullable String sent) {
        return terms.name().isEmpty() ? new Owner("", terms.tenant(sent)) : new Owner(terms.name(), "");
    }
}
