package io.jynamo.frontend.batch;

import java.util.function.Consumer;

/** Runs single lines of batches. */
interface LineCaller {
    /** A line under way. */
    interface Call {
        /** Nobody wants its answer any more; it may be told all the same. */
        void cancel();
    }

    /**
     * Begins to run a line, as a request of the batch's owner that nobody waits for.
     *
     * @param to is told the answer once, on any thread, or on this one before this returns
     */
    Call call(Batch batch, BatchLine line, Consumer<LineAnswer> to);
}
