package io.jynamo.frontend.fleet;

import io.jynamo.frontend.fleet.FleetSnapshot.WorkerSight;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import io.jynamo.router.RouterStatus.WorkerStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Where everything that is known of the fleet comes together. Any thread may look; nothing is waited for meanwhile. */
final class FleetBoard {
    /** Streams shown. */
    static final int MOST_STREAMS = 200;
    /** Workers shown. */
    static final int MOST_WORKERS = 500;

    private static final WorkerLoad NO_LOAD = new WorkerLoad(0, 0, 0, 0, 0);

    private final Sources sources;
    private final FleetControl control;
    private final ReentrantLock looking = new ReentrantLock();
    private final FleetLog log = new FleetLog();
    private final PaceWindow paces = new PaceWindow();

    /**
     * Whom the board asks.
     *
     * @param statuses of the routers' workers
     * @param streams in flight
     */
    record Sources(
            FleetRoster roster,
            Supplier<List<WorkerStatus>> statuses,
            Supplier<List<StreamSight>> streams,
            MoveLedger moves,
            FrontendMetrics metrics) {}

    FleetBoard(Sources sources, FleetControl control) {
        this.sources = sources;
        this.control = control;
    }

    /** The fleet now. */
    FleetSnapshot look() {
        looking.lock();
        try {
            return take();
        } finally {
            looking.unlock();
        }
    }

    /** Whether a worker is, or was a minute ago, in the fleet. */
    boolean knows(WorkerId worker) {
        looking.lock();
        try {
            take(); // it may have joined since the last look
            return log.standings().stream()
                    .anyMatch(standing -> standing.member().id().equals(worker));
        } finally {
            looking.unlock();
        }
    }

    /** Notes that somebody asked for something to be done to a worker. */
    void onControl(WorkerId worker, String what) {
        looking.lock();
        try {
            log.onControl(worker, what, System.currentTimeMillis());
        } finally {
            looking.unlock();
        }
    }

    private FleetSnapshot take() {
        long millis = System.currentTimeMillis();
        long nanos = System.nanoTime();
        Map<WorkerId, WorkerStatus> statuses = new LinkedHashMap<>();
        sources.statuses().get().forEach(status -> statuses.putIfAbsent(status.worker(), status));
        List<StreamSight> streams = sources.streams().get();
        Map<WorkerId, Integer> served = served(streams);
        log.on(new FleetSample(
                members(statuses), suspended(statuses), served, sources.moves().take(), millis));
        Pace pace = paces.on(sources.metrics().live().count(), nanos, millis);
        List<FleetLog.Standing> standings = log.standings();
        return new FleetSnapshot(
                millis,
                nanos,
                standings.stream()
                        .limit(MOST_WORKERS)
                        .map(standing -> worker(standing, statuses, served))
                        .toList(),
                standings.size(),
                streams.stream()
                        .sorted(Comparator.comparingLong(stream -> stream.arrivedNanos() - nanos))
                        .limit(MOST_STREAMS)
                        .toList(),
                streams.size(),
                pace,
                log.events(),
                paces.history(),
                log.changes());
    }

    private WorkerSight worker(
            FleetLog.Standing standing, Map<WorkerId, WorkerStatus> statuses, Map<WorkerId, Integer> served) {
        WorkerId id = standing.member().id();
        WorkerStatus status = statuses.get(id);
        return new WorkerSight(
                standing,
                status == null ? 0 : status.requests(),
                served.getOrDefault(id, 0),
                sources.metrics().cachedTokens(id),
                standing.state() != FleetState.GONE && control.offered(id));
    }

    private List<FleetMember> members(Map<WorkerId, WorkerStatus> statuses) {
        List<FleetMember> members = new ArrayList<>(sources.roster().members());
        Set<WorkerId> told = new HashSet<>();
        members.forEach(member -> told.add(member.id()));
        for (WorkerId id : statuses.keySet()) {
            if (!told.contains(id)) {
                members.add(new FleetMember(id, "", "", "", null, WorkerState.READY, NO_LOAD, ""));
            }
        }
        return members;
    }

    private static Set<WorkerId> suspended(Map<WorkerId, WorkerStatus> statuses) {
        Set<WorkerId> suspended = new HashSet<>();
        statuses.values().stream().filter(WorkerStatus::suspended).forEach(status -> suspended.add(status.worker()));
        return suspended;
    }

    private static Map<WorkerId, Integer> served(List<StreamSight> streams) {
        Map<WorkerId, Integer> served = new HashMap<>();
        for (StreamSight stream : streams) {
            WorkerId worker = stream.worker();
            if (worker != null) {
                served.merge(worker, 1, Integer::sum);
            }
        }
        return served;
    }
}
