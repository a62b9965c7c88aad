package io.jynamo.cli.frontend;

import io.jynamo.frontend.fleet.FleetControl;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** A hand on workers' processes by way of whoever started them, who knows processes by number and not by worker. */
final class WorkerProcesses implements FleetControl {
    private final Function<WorkerId, OptionalLong> pids;
    private final LongConsumer kill;
    private final LongConsumer drain;

    /** @param pids the process of a worker, empty where it is not known */
    WorkerProcesses(Function<WorkerId, OptionalLong> pids, LongConsumer kill, LongConsumer drain) {
        this.pids = pids;
        this.kill = kill;
        this.drain = drain;
    }

    @Override
    public boolean offered(WorkerId worker) {
        return pids.apply(worker).isPresent();
    }

    @Override
    public void kill(WorkerId worker) {
        kill.accept(require(worker));
    }

    @Override
    public void drain(WorkerId worker) {
        drain.accept(require(worker));
    }

    private long require(WorkerId worker) {
        return pids.apply(worker)
                .orElseThrow(() -> new JynamoException(
                        ErrorCode.WORKER_NOT_FOUND,
                        "worker " + worker + " is announced no more, so its process is not known"));
    }
}
