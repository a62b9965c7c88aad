package io.jynamo.router;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Worker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A chosen worker and the booking made on it.
 *
 * @param cachedBlocks leading blocks of the prompt that the worker is expected to have, on whatever tier
 * @param explanation why it was chosen, null where the request did not ask
 */
public record Placement(
        Worker worker,
        Booking booking,
        int cachedBlocks,
        @Nullable Explanation explanation) {
    /** The same choice with another booking, which stands for this one's. */
    public Placement withBooking(Booking other) {
        return new Placement(worker, other, cachedBlocks, explanation);
    }

    /** The load one request puts on a worker, as the router counts it. */
    public interface Booking {
        /** The prompt is computed: its prefill load is gone. */
        void onPrefilled();

        /** Output grew by {@code tokens}. */
        void onTokens(int tokens);

        /** The answer is complete; of its prompt the worker says that it found so many tokens in its cache. */
        default void onCached(int tokens) {}

        /** Tells {@code listener}, once, when the request is to give its place to others and wait again. */
        default void onGiveWay(Runnable listener) {}

        /** Whether the worker has been silent about all its requests for longer than its past explains. */
        default boolean isOverdue() {
            return false;
        }

        /**
         * The request failed here and may go elsewhere; releases the booking.
         *
         * @param retryAfter when the worker has room again, or null where it did not say
         */
        default void onFailure(ErrorCode code, @Nullable Duration retryAfter) {
            release();
        }

        /** The request ended, however; only the first call counts. */
        void release();
    }
}
