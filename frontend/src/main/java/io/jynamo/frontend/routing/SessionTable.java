package io.jynamo.frontend.routing;

import io.jynamo.frontend.routing.ReplicaEvent.Binding;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which rank each session is on, for a time after its last request began or ended. Where replicas tell of the same session
 * differently, the later one holds. Any thread.
 */
final class SessionTable {
    private static final ExpiringMap.Bounds BOUNDS = new ExpiringMap.Bounds(1 << 16, Long.MAX_VALUE);

    private final boolean kept;
    private final ExpiringMap<Binding> bound;
    private final LongSupplier wallNanos;
    private long lastSequence;

    /**
     * A table of no sessions.
     *
     * @param ttl zero where sessions are not kept at all
     * @param wallNanos the wall's time since 1970, by which bindings of different replicas are told apart
     */
    SessionTable(Duration ttl, LongSupplier nanoTime, LongSupplier wallNanos) {
        this.kept = ttl.isPositive();
        this.bound = new ExpiringMap<>(ttl, BOUNDS, each -> 0, nanoTime);
        this.wallNanos = wallNanos;
    }

    /** Where a session is, or null. */
    @Nullable
    Binding find(PartitionKey key, String session) {
        return kept ? bound.find(key.idOf(session)) : null;
    }

    /**
     * A request of the session is on a rank, or was.
     *
     * @param writer who this process is
     * @return what to tell others, or null where sessions are not kept
     */
    synchronized @Nullable Binding bind(PartitionKey key, String session, Rank rank, long writer) {
        if (!kept) {
            return null;
        }
        String id = key.idOf(session);
        Binding known = bound.find(id);
        Binding binding = known != null && known.isOn(rank)
                ? known
                : new Binding(rank.worker(), rank.rank(), nextSequence(known), writer);
        bound.put(id, binding);
        return binding;
    }

    private long nextSequence(@Nullable Binding known) {
        long next = Math.max(wallNanos.getAsLong(), lastSequence + 1);
        if (known != null && Long.compareUnsigned(known.sequence(), next) >= 0) {
            next = known.sequence() + 1; // a clock elsewhere is ahead
        }
        lastSequence = next;
        return next;
    }

    /** What another replica says; false where something later is known, or sessions are not kept. */
    synchronized boolean hear(PartitionKey key, String session, Binding told) {
        String id = key.idOf(session);
        Binding known = kept ? bound.find(id) : null;
        if (!kept || (known != null && !known.equals(told) && !told.isLaterThan(known))) {
            return false;
        }
        bound.put(id, told);
        return true;
    }

    void sweep() {
        bound.sweep();
    }
}
