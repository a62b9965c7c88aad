package io.jynamo.frontend.routing;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Selections that may be reserved later by their ids: so many, for so long, the oldest given up first. */
final class SelectionCache {
    private static final ExpiringMap.Bounds BOUNDS = new ExpiringMap.Bounds(4_096, 256L << 20);
    private static final int BESIDE_HASHES = 512;

    private final ExpiringMap<Selection> pending;

    SelectionCache(Duration ttl, LongSupplier nanoTime) {
        this.pending = new ExpiringMap<>(ttl, BOUNDS, Selection::bytes, nanoTime);
    }

    /**
     * What was selected.
     *
     * @param prefillTokens to book
     */
    record Selection(String id, PartitionKey key, Rank rank, PromptInput prompt, int prefillTokens, int outputTokens) {
        long bytes() {
            return BESIDE_HASHES + 2L * Long.BYTES * prompt.hashes().count();
        }
    }

    void put(Selection selection) {
        pending.put(selection.id(), selection);
    }

    /** Takes one out to be reserved. */
    Selection take(String id, PartitionKey key) {
        Selection selection = pending.removeIf(id, one -> one.key().equals(key));
        if (selection == null) {
            throw new JynamoException(
                    ErrorCode.NOT_FOUND,
                    "no pending selection " + id + " for " + key + " (expired, already used, or never selected)");
        }
        return selection;
    }

    void sweep() {
        pending.sweep();
    }
}
