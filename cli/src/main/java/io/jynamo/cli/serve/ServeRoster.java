package io.jynamo.cli.serve;

import io.jynamo.cli.worker.WorkerCount;
import io.jynamo.cli.worker.WorkerSetup;
import io.jynamo.engine.Engine;
import io.jynamo.frontend.fleet.FleetMember;
import io.jynamo.frontend.fleet.FleetRoster;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The workers of a process that is a whole fleet: as many as were asked for, loading until they are there. */
final class ServeRoster implements FleetRoster {
    private static final WorkerLoad NO_LOAD = new WorkerLoad(0, 0, 0, 0, 0);

    private final String model;
    private final String kind;
    private final int count;
    private volatile List<Engine> engines = List.of();

    ServeRoster(WorkerSetup setup, String model) {
        this.model = model;
        this.kind = setup.engine().kind().name().toLowerCase(Locale.ROOT);
        this.count = WorkerCount.of(setup);
    }

    /** Who they are, before and after they are there. */
    List<WorkerId> ids() {
        return IntStream.rangeClosed(1, count).mapToObj(WorkerId::new).toList();
    }

    void onLoaded(List<Engine> loaded) {
        engines = List.copyOf(loaded);
    }

    @Override
    public List<FleetMember> members() {
        List<Engine> loaded = engines;
        if (loaded.isEmpty()) {
            return ids().stream()
                    .map(id -> member(id, WorkerState.LOADING, NO_LOAD))
                    .toList();
        }
        return loaded.stream()
                .map(engine -> member(engine.id(), engine.state(), engine.load()))
                .toList();
    }

    private FleetMember member(WorkerId id, WorkerState state, WorkerLoad load) {
        return new FleetMember(id, model, kind, "", ProcessHandle.current().pid(), state, load, "");
    }
}
