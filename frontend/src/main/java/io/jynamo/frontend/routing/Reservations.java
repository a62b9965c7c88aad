package io.jynamo.frontend.routing;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.Placement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The load of requests that clients gave to workers, each by its id until the client frees it, nothing is heard of it for
 * too long, or its worker is gone. Any thread.
 */
final class Reservations {
    private static final System.Logger LOG = System.getLogger(Reservations.class.getName());
    private static final ExpiringMap.Bounds BOUNDS = new ExpiringMap.Bounds(1 << 18, 1L << 30);
    private static final int BESIDE_HASHES = 512;

    private final ExpiringMap<Reservation> held;
    private final Duration ttl;

    Reservations(Duration ttl, LongSupplier nanoTime) {
        this.ttl = ttl;
        this.held = new ExpiringMap<>(ttl, BOUNDS, Reservation::bytes, nanoTime);
    }

    /** One request's load, or only its id while it is being booked. */
    private static final class Reservation {
        private final AtomicReference<@Nullable Load> load = new AtomicReference<>();
        private final long bytes;

        Reservation(long bytes) {
            this.bytes = bytes;
        }

        long bytes() {
            return bytes;
        }

        @Nullable
        Owner release() {
            Load was = load.getAndSet(null);
            if (was == null) {
                return null;
            }
            was.release();
            return was.owner();
        }
    }

    /**
     * Whose load it is.
     *
     * @param session that its request belongs to, or null
     */
    record Owner(PartitionKey key, RankSlot slot, @Nullable String session) {}

    /** Both books of one request: the router's and the one that is shown. */
    private record Load(Owner owner, Placement.Booking routed, Placement.Booking counted, int blockTokens) {
        void prefilled() {
            routed.onPrefilled();
            counted.onPrefilled();
        }

        void outputBlock() {
            routed.onTokens(blockTokens);
            counted.onTokens(blockTokens);
        }

        void release() {
            routed.release();
            counted.release();
        }
    }

    /** An id that is taken until its booking is made; closing it without one gives the id back. */
    final class Claim implements AutoCloseable {
        private final String id;
        private boolean booked;

        private Claim(String id) {
            this.id = id;
        }

        /**
         * Books what was placed.
         *
         * @param prefillTokens that count until the prompt is computed
         * @return false where it was freed meanwhile, and is not booked
         */
        boolean book(Owner owner, Placement.Booking routed, long[] sequences, int prefillTokens) {
            RankSlot slot = owner.slot();
            if (prefillTokens == 0) {
                routed.onPrefilled();
            }
            Load load = new Load(
                    owner,
                    routed,
                    slot.ledger().book(sequences, prefillTokens),
                    slot.address().blockTokens());
            Reservation full = new Reservation(BESIDE_HASHES + 2L * Long.BYTES * sequences.length);
            full.load.set(load);
            booked = held.replace(id, full);
            if (!booked) { // freed by its client, or over, before it was booked
                load.release();
            }
            return booked;
        }

        @Override
        public void close() {
            if (!booked) {
                held.remove(id);
            }
        }
    }

    /**
     * Takes an id.
     *
     * @throws JynamoException CONFLICT where it is taken, OVERLOADED where there are as many as may be
     */
    Claim claim(String id) {
        return switch (held.add(id, new Reservation(BESIDE_HASHES))) {
            case ADDED -> new Claim(id);
            case TAKEN ->
                throw new JynamoException(
                        ErrorCode.CONFLICT, "selection " + id + " is already reserved or being reserved");
            case FULL ->
                throw JynamoException.retryable(
                        ErrorCode.OVERLOADED,
                        "as many requests are reserved as may be; free those that ended",
                        Duration.ofSeconds(1));
        };
    }

    /** Its prompt is computed; says whose it is. */
    Owner prefilled(String id) {
        Load load = load(id);
        load.prefilled();
        return load.owner();
    }

    void outputBlock(String id) {
        load(id).outputBlock();
    }

    private Load load(String id) {
        Reservation reservation = held.touch(id);
        Load load = reservation == null ? null : reservation.load.get();
        if (load == null) {
            throw notFound(id);
        }
        return load;
    }

    /** Frees it; says whose it was, or null of one that is still being booked. */
    @Nullable
    Owner free(String id) {
        Reservation reservation = held.remove(id);
        if (reservation == null) {
            throw notFound(id);
        }
        return reservation.release();
    }

    private static JynamoException notFound(String id) {
        return new JynamoException(ErrorCode.NOT_FOUND, "reservation " + id + " not found");
    }

    /** A rank is gone, and with it what it was given. */
    void releaseOf(RankSlot slot) {
        held.removeAll(reservation -> {
                    Load load = reservation.load.get();
                    return load != null && load.owner().slot().equals(slot);
                })
                .forEach(each -> each.getValue().release());
    }

    /** Frees what nothing was heard of for too long. */
    void sweep() {
        List<Reservation> over = held.sweep();
        over.forEach(Reservation::release);
        if (!over.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} reservations were freed: nothing was heard of their requests for {1}",
                    over.size(),
                    ttl);
        }
    }
}
