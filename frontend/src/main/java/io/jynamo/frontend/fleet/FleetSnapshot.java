package io.jynamo.frontend.fleet;

import io.jynamo.protocol.WorkerId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fleet at one moment, as it is shown.
 *
 * @param timeMillis Unix time
 * @param nowNanos the same by {@link System#nanoTime()}, from which streams have their age
 * @param workers the first of them, by number
 * @param totalWorkers how many there are
 * @param streams the oldest of them
 * @param totalStreams how many there are
 * @param pace null until there is one
 * @param events the last, oldest first
 * @param history the pace of each second before, oldest first
 * @param changes grows with each event and each change of a worker
 */
record FleetSnapshot(
        long timeMillis,
        long nowNanos,
        List<WorkerSight> workers,
        int totalWorkers,
        List<StreamSight> streams,
        int totalStreams,
        @Nullable Pace pace,
        List<FleetEvent> events,
        List<Pace> history,
        long changes) {
    /**
     * A worker.
     *
     * @param requests booked on it and not finished
     * @param streams in flight that it serves
     * @param cachedTokens of prompts that it found in its KV cache so far
     * @param controlled whether its process can be killed and drained
     */
    record WorkerSight(FleetLog.Standing standing, int requests, int streams, long cachedTokens, boolean controlled) {
        WorkerId id() {
            return standing.member().id();
        }
    }

    FleetSnapshot {
        workers = List.copyOf(workers);
        streams = List.copyOf(streams);
        events = List.copyOf(events);
        history = List.copyOf(history);
    }

    /** The number of each worker, for people. */
    Map<WorkerId, Integer> numbers() {
        return workers.stream()
                .collect(java.util.stream.Collectors.toMap(
                        WorkerSight::id, worker -> worker.standing().number()));
    }
}
