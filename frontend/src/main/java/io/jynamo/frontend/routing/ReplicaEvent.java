package io.jynamo.frontend.routing;

import org.jspecify.annotations.Nullable;

/** What a replica did that changes what others know of the load, or of where sessions are. */
sealed interface ReplicaEvent {
    PartitionKey key();

    /** An event of one request, which has the same id everywhere. */
    sealed interface OfRequest extends ReplicaEvent {
        int blockTokens();

        String request();

        Rank rank();
    }

    /**
     * A request was given to a rank.
     *
     * @param sequences hashes of the full blocks of its prompt
     * @param prefillTokens that the rank computes for it
     * @param outputTokens that are expected; 0 where nobody said
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Given(
            PartitionKey key,
            int blockTokens,
            String request,
            Rank rank,
            long[] sequences,
            int prefillTokens,
            int outputTokens)
            implements OfRequest {}

    /** Its prompt was computed. */
    record Prefilled(PartitionKey key, int blockTokens, String request, Rank rank) implements OfRequest {}

    /** It is over. */
    record Freed(PartitionKey key, int blockTokens, String request, Rank rank) implements OfRequest {}

    /** A session is on a rank. */
    record Bound(PartitionKey key, String session, Binding binding) implements ReplicaEvent {}

    /**
     * Where a session is. Of two that differ the later one holds, by its sequence, then by who wrote it; both are unsigned.
     *
     * @param rank null for any of the worker's
     */
    record Binding(long worker, @Nullable Integer rank, long sequence, long writer) {
        boolean isLaterThan(Binding other) {
            int bySequence = Long.compareUnsigned(sequence, other.sequence);
            return bySequence != 0 ? bySequence > 0 : Long.compareUnsigned(writer, other.writer) > 0;
        }

        boolean isOn(Rank other) {
            return worker == other.worker() && (rank == null || rank == other.rank());
        }
    }
}
