package io.jynamo.cli.graph.supervision;

import io.jynamo.cli.graph.plan.RolePlan;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Decides which processes of a graph run: it is told what happened and when, and says what to do. Pure.
 *
 * <table>
 * <caption>a replica</caption>
 * <tr><th>phase</th><th>then</th></tr>
 * <tr><td>waiting</td><td>starting, when its pause is over or its turn in a restart comes; gone, when it leaves</td></tr>
 * <tr><td>starting</td><td>ready, when it says so; waiting, when it dies; draining, when it is asked to end</td></tr>
 * <tr><td>ready</td><td>waiting, when it dies; draining, when it is asked to end</td></tr>
 * <tr><td>draining</td><td>when it has ended, starting again, or gone where it leaves; killed when its bound is over</td></tr>
 * </table>
 *
 * <p>Words of an earlier run (an end that comes late) change nothing. Stopping ends the roles that serve clients first, so
 * that their streams end while there are workers.
 */
public final class GraphCore {
    private final Map<String, Role> roles = new LinkedHashMap<>();
    private final String name;
    private final long supervisor;
    private boolean stopping;
    private boolean finished;

    /**
     * A graph of which nothing runs yet.
     *
     * @param supervisor pid of the process that runs it, for those who ask
     */
    public GraphCore(String name, long supervisor, List<RolePlan> plans, RestartLimits limits) {
        this.name = name;
        this.supervisor = supervisor;
        plans.forEach(plan -> roles.put(plan.name(), new Role(plan, limits)));
    }

    /**
     * Something happened.
     *
     * @param now on a clock that never goes back
     * @return what to do, in this order
     * @throws JynamoException INVALID_REQUEST for a wish that cannot be fulfilled; nothing has changed then
     */
    public List<GraphEffect> on(GraphEvent event, long now) {
        List<GraphEffect> effects = new ArrayList<>();
        switch (event) {
            case GraphEvent.Begin begin ->
                roles.values().forEach(role -> effects.addAll(role.scale(role.plan.replicas(), now)));
            case GraphEvent.Tick tick -> {}
            case GraphEvent.Started started ->
                current(started.id(), started.run()).ifPresent(one -> one.started(started.pid()));
            case GraphEvent.Ready ready ->
                current(ready.id(), ready.run()).ifPresent(one -> one.ready(ready.address(), now));
            case GraphEvent.Ended ended -> onEnded(ended, now);
            case GraphEvent.Scale scale -> effects.addAll(onScale(scale, now));
            case GraphEvent.Restart restart -> requireRunning(restart.role()).restart();
            case GraphEvent.End end -> effects.add(onEnd(end, now));
            case GraphEvent.Stop stop -> stopping = true;
        }
        effects.addAll(stopping ? goOnStopping(now) : goOn(now));
        return effects;
    }

    /** When it wants to be told that time has passed; empty where time alone changes nothing. */
    public OptionalLong nextTick() {
        return replicas().filter(Replica::hasDue).mapToLong(Replica::due).min();
    }

    /** How it stands. */
    public GraphStatus status(long now) {
        return new GraphStatus(
                name,
                supervisor,
                stopping,
                finished,
                roles.values().stream().map(role -> role.status(now)).toList());
    }

    private void onEnded(GraphEvent.Ended ended, long now) {
        current(ended.id(), ended.run()).ifPresent(one -> {
            one.ended(ended.words(), now);
            if (one.isLeaving()) {
                requireRole(ended.id().role()).remove(ended.id().index());
            }
        });
    }

    private List<GraphEffect> onScale(GraphEvent.Scale scale, long now) {
        Role role = requireRunning(scale.role());
        if (scale.replicas() < 0 || scale.replicas() > role.plan.most()) {
            throw refusal("role " + scale.role() + " can have 0 to " + role.plan.most() + " replicas, not "
                    + scale.replicas()
                    + (role.plan.most() == 1 ? ": it has a fixed port; give it port 0 to have more" : ""));
        }
        return role.scale(scale.replicas(), now);
    }

    private GraphEffect onEnd(GraphEvent.End end, long now) {
        Replica one = replicas()
                .filter(replica -> replica.pid() == end.pid() && end.pid() != 0)
                .findFirst()
                .orElseThrow(() -> refusal("process " + end.pid() + " is none that graph " + name + " runs"));
        if (end.kill()) {
            return one.killOnRequest();
        }
        if (one.phase() == Replica.Phase.DRAINING) {
            throw refusal(one.id + " (process " + end.pid() + ") is draining already");
        }
        return one.drain(requireRole(one.id.role()).plan.drain(), now);
    }

    private List<GraphEffect> goOn(long now) {
        List<GraphEffect> effects = new ArrayList<>();
        roles.values().forEach(role -> effects.addAll(role.roll(now)));
        replicas().filter(one -> one.isDue(now)).forEach(one -> effects.add(onDue(one, now)));
        return effects;
    }

    private static GraphEffect onDue(Replica one, long now) {
        return one.phase() == Replica.Phase.WAITING ? one.start(now) : one.kill();
    }

    private List<GraphEffect> goOnStopping(long now) {
        roles.values().forEach(Role::dropWaiting);
        List<GraphEffect> effects = new ArrayList<>(end(true, now));
        boolean clientsServed = roles.values().stream().anyMatch(role -> role.plan.front() && !role.isEmpty());
        if (!clientsServed) {
            effects.addAll(end(false, now));
        }
        replicas().filter(one -> one.isDue(now)).forEach(one -> effects.add(one.kill()));
        if (!finished && roles.values().stream().allMatch(Role::isEmpty)) {
            finished = true;
            effects.add(new GraphEffect.Finish());
        }
        return effects;
    }

    private List<GraphEffect> end(boolean front, long now) {
        List<GraphEffect> effects = new ArrayList<>();
        roles.values().stream()
                .filter(role -> role.plan.front() == front)
                .forEach(role -> effects.addAll(role.scale(0, now)));
        return effects;
    }

    private Stream<Replica> replicas() {
        List<Replica> all = new ArrayList<>();
        roles.values().forEach(role -> role.replicas().forEach(all::add));
        return all.stream();
    }

    private Optional<Replica> current(ReplicaId id, int run) {
        return requireRole(id.role()).find(id.index()).filter(one -> one.run() == run);
    }

    private Role requireRunning(String role) {
        if (stopping) {
            throw refusal("graph " + name + " is stopping");
        }
        return requireRole(role);
    }

    private Role requireRole(String role) {
        Role found = roles.get(role);
        if (found == null) {
            throw refusal("graph " + name + " has no role " + role + "; it has " + String.join(", ", roles.keySet()));
        }
        return found;
    }

    private static JynamoException refusal(String why) {
        return new JynamoException(ErrorCode.INVALID_REQUEST, why);
    }
}
