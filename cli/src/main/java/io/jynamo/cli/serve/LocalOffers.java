package io.jynamo.cli.serve;

import io.jynamo.cli.frontend.Fleet;
import io.jynamo.cli.text.TextSide;
import io.jynamo.cli.worker.Offers;
import io.jynamo.engine.Engine;
import io.jynamo.frontend.fleet.FleetMember;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Workers offered to the frontend of their own process, which calls their engines itself. One thread at a time changes
 * them; any may say how far they are and look.
 */
final class LocalOffers implements Offers {
    private static final WorkerLoad NO_LOAD = new WorkerLoad(0, 0, 0, 0, 0);
    private static final State NONE = new State(List.of(), List.of(), "", List.of());

    /**
     * What is offered at one time.
     *
     * @param progress while there are no engines
     * @param engines one for each id, or none
     */
    private record State(List<String> names, List<WorkerId> ids, String progress, List<Engine> engines) {}

    private final Fleet fleet;
    private final String kind;
    private final Supplier<WorkerId> freshIds;
    private volatile State state = NONE;

    LocalOffers(Fleet fleet, String kind, Supplier<WorkerId> freshIds) {
        this.fleet = fleet;
        this.kind = kind;
        this.freshIds = freshIds;
    }

    @Override
    public void announce(List<String> names, int count) {
        State before = state;
        if (!before.names().equals(names) || before.ids().size() > count) {
            withdraw();
        }
        fleet.announce(names);
        List<WorkerId> ids = new ArrayList<>(ids());
        while (ids.size() < count) {
            ids.add(freshIds.get());
        }
        change(now -> new State(List.copyOf(names), List.copyOf(ids), now.progress(), now.engines()));
    }

    @Override
    public List<WorkerId> ids() {
        return state.ids();
    }

    @Override
    public void loading(String progress) {
        change(now -> now.engines().isEmpty() ? new State(now.names(), now.ids(), progress, List.of()) : now);
    }

    @Override
    public void ready(List<? extends Engine> started, TextSide text) {
        List<String> names = state.names();
        String digest = text.digest();
        try {
            started.forEach(engine -> fleet.add(engine, names, text.text(), digest));
        } catch (RuntimeException | Error refused) {
            ids().forEach(fleet::remove);
            throw refused;
        }
        change(now -> new State(now.names(), now.ids(), "", List.copyOf(started)));
    }

    /** Whoever calls an engine of this process sees its state; {@code usable} is of groups, which are not led from here. */
    @Override
    public void follow(boolean usable) {
        engines().forEach(fleet::followAdapters);
    }

    @Override
    public List<Engine> engines() {
        return state.engines();
    }

    @Override
    public void withdraw() {
        change(now -> NONE).ids().forEach(fleet::remove);
    }

    /** What it was before. */
    private synchronized State change(UnaryOperator<State> how) {
        State before = state;
        state = how.apply(before);
        return before;
    }

    /** Its workers as people see them. */
    List<FleetMember> members() {
        State now = state;
        if (now.engines().isEmpty()) {
            return now.ids().stream()
                    .map(id -> member(now, id, WorkerState.LOADING, NO_LOAD))
                    .toList();
        }
        return now.engines().stream()
                .map(engine -> member(now, engine.id(), engine.state(), engine.load()))
                .toList();
    }

    private FleetMember member(State now, WorkerId id, WorkerState state, WorkerLoad load) {
        return new FleetMember(
                id, now.names().getFirst(), kind, "", ProcessHandle.current().pid(), state, load, now.progress());
    }
}
