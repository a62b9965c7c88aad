package io.jynamo.router;

import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerState;
import io.jynamo.router.health.WorkerHealth;
import io.jynamo.router.load.LoadBook;
import io.jynamo.router.select.WorkerPace;
import org.jspecify.annotations.Nullable;

/**
 * A worker on offer, with all that its router keeps of it.
 *
 * @param number stands for it in the index and in every column; another's once it has left
 * @param arrival rises from one worker to the next
 * @param adapters which it was given requests for
 * @param untold what its cache is likely to have, null where the worker says so itself
 */
record Slot(
        int number,
        long arrival,
        Worker worker,
        LoadBook book,
        KvFeed feed,
        WorkerHealth health,
        WorkerPace pace,
        AdapterUse adapters,
        @Nullable UntoldCache untold) {
    boolean isUsable(long nowNanos) {
        return worker.state() == WorkerState.READY && health.isUsable(nowNanos);
    }
}
