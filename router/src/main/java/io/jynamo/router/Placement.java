package io.jynamo.router;

import io.jynamo.protocol.Worker;

/** A chosen worker, the booking made on it, and why. */
public record Placement(Worker worker, Booking booking, Explanation explanation) {
    /** The load one request puts on a worker, as the router counts it. */
    public interface Booking {
        /** The prompt is computed: its prefill load is gone. */
        void onPrefilled();

        /** Output grew by {@code tokens}. */
        void onTokens(int tokens);

        /** The request ended, however; only the first call counts. */
        void release();
    }
}
