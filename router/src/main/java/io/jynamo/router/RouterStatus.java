package io.jynamo.router;

import io.jynamo.protocol.OthersLoad;
import io.jynamo.protocol.WorkerId;
import java.util.List;

/**
 * A router at one moment, for metrics and people.
 *
 * @param workers one for each worker on offer
 * @param indexBlocks distinct KV blocks known
 * @param indexBytes memory of the prefix index
 * @param indexReclaimed blocks it gave up so far since nobody held them any more
 */
public record RouterStatus(List<WorkerStatus> workers, long indexBlocks, long indexBytes, long indexReclaimed) {
    public RouterStatus {
        workers = List.copyOf(workers);
    }

    /**
     * One worker.
     *
     * @param requests given and not finished, each choice counted
     * @param prefillTokens booked and not computed
     * @param blocks distinct blocks of booked requests
     * @param others what others than this router have given it, as it was last heard
     * @param told requests that it says it has, running or waiting, whoever gave them
     * @param eventGaps times its KV events had a gap and were read anew
     * @param repeatedEvents KV events skipped because they came before
     * @param droppedBlocks blocks not indexed for want of room
     * @param suspended it failed or fell silent and gets nothing until a probe succeeds
     * @param feed what has become of its KV events
     */
    public record WorkerStatus(
            WorkerId worker,
            int requests,
            long prefillTokens,
            long blocks,
            OthersLoad others,
            int told,
            long eventGaps,
            long repeatedEvents,
            long droppedBlocks,
            boolean suspended,
            FeedStatus feed) {
        /**
         * How many requests the books of all routers, as this one has and hears of them, are off from what the worker has:
         * 0 where replicas agree, more for the moments that news is on its way.
         */
        public int divergence() {
            return Math.abs(requests + others.requests() - told);
        }
    }
}
