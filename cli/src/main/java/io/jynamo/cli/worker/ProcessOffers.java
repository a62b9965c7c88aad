package io.jynamo.cli.worker;

import io.jynamo.engine.Engine;
import io.jynamo.protocol.WorkerId;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.session.HostedWorker;
import io.jynamo.runtime.session.WorkerServer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All workers that a process offers to others, whichever of its engines they are of. */
final class ProcessOffers implements AutoCloseable {
    private final WorkerServer server;
    private final Discovery discovery;
    private final WorkerOffers.Announcement announcement;
    private final List<WorkerOffers> engines = new CopyOnWriteArrayList<>();

    ProcessOffers(WorkerServer server, Discovery discovery, WorkerOffers.Announcement announcement) {
        this.server = server;
        this.discovery = discovery;
        this.announcement = announcement;
    }

    /**
     * Announces workers, which load.
     *
     * @param counts how many there are of each engine
     */
    void announce(List<String> names, List<Integer> counts) {
        for (int count : counts) {
            var offers = new WorkerOffers(server, discovery, announcement);
            engines.add(offers);
            offers.announce(names, count);
        }
    }

    /** Those of each engine. */
    List<WorkerOffers> each() {
        return List.copyOf(engines);
    }

    List<WorkerId> ids() {
        return engines.stream().flatMap(offers -> offers.ids().stream()).toList();
    }

    /** Those offered now. */
    List<HostedWorker> hosted() {
        return engines.stream().flatMap(offers -> offers.hosted().stream()).toList();
    }

    /** The engines of those that are ready. */
    List<Engine> engines() {
        return engines.stream().flatMap(offers -> offers.engines().stream()).toList();
    }

    /** Gives them no more requests; what runs goes on. */
    void drain() {
        engines.forEach(WorkerOffers::drain);
    }

    /** They are gone. */
    @Override
    public void close() {
        engines.forEach(WorkerOffers::withdraw);
    }
}
