package io.jynamo.cli.graph.supervision;

import io.jynamo.cli.graph.plan.RolePlan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The replicas of one role: how many there are to be, and which a rolling restart is at. Part of {@link GraphCore}. */
final class Role {
    private record Turn(int index, int run) {}

    final RolePlan plan;
    private final RestartLimits limits;
    private final NavigableMap<Integer, Replica> replicas = new TreeMap<>();
    private final Deque<Integer> toRestart = new ArrayDeque<>();
    private Optional<Turn> turn = Optional.empty();
    private int wanted;

    Role(RolePlan plan, RestartLimits limits) {
        this.plan = plan;
        this.limits = limits;
    }

    Iterable<Replica> replicas() {
        return List.copyOf(replicas.values());
    }

    Optional<Replica> find(int index) {
        return Optional.ofNullable(replicas.get(index));
    }

    boolean isEmpty() {
        return replicas.isEmpty();
    }

    void remove(int index) {
        replicas.remove(index);
    }

    /** Nothing that is down is started again. */
    void dropWaiting() {
        replicas.values().removeIf(one -> one.phase() == Replica.Phase.WAITING);
    }

    /** Those too many are asked to end, the youngest numbers first; those that lack are due at once. */
    List<GraphEffect> scale(int count, long now) {
        wanted = count;
        List<GraphEffect> effects = new ArrayList<>();
        long staying =
                replicas.values().stream().filter(one -> !one.isLeaving()).count();
        for (Replica one : List.copyOf(replicas.descendingMap().values())) {
            if (staying > count && !one.isLeaving()) {
                effects.addAll(leave(one, now));
                staying--;
            }
        }
        for (int index = 0; staying < count; index++) {
            if (!replicas.containsKey(index)) {
                replicas.put(index, new Replica(new ReplicaId(plan.name(), index), limits, now));
                staying++;
            }
        }
        return effects;
    }

    /** Asks one to end for good. */
    private List<GraphEffect> leave(Replica one, long now) {
        one.leave();
        return switch (one.phase()) {
            case WAITING -> {
                replicas.remove(one.id.index());
                yield List.of();
            }
            case STARTING, READY -> List.of(one.drain(plan.drain(), now));
            case DRAINING -> List.of();
        };
    }

    void restart() {
        toRestart.clear();
        turn = Optional.empty();
        replicas.values().stream().filter(one -> !one.isLeaving()).forEach(one -> toRestart.add(one.id.index()));
    }

    /** Goes on with a rolling restart: the next one's turn comes when the one before is ready again. */
    List<GraphEffect> roll(long now) {
        if (turn.isPresent() && !isOver(turn.get())) {
            return List.of();
        }
        turn = Optional.empty();
        while (turn.isEmpty() && !toRestart.isEmpty()) {
            Optional<Replica> next = find(toRestart.poll()).filter(one -> !one.isLeaving());
            if (next.isPresent()) {
                Replica one = next.get();
                turn = Optional.of(new Turn(one.id.index(), one.run()));
                switch (one.phase()) {
                    case WAITING -> one.hurry(now);
                    case STARTING, READY -> {
                        return List.of(one.drain(plan.drain(), now));
                    }
                    case DRAINING -> {} // it is about to start again
                }
            }
        }
        return List.of();
    }

    private boolean isOver(Turn current) {
        return find(current.index)
                .map(one -> one.isLeaving() || (one.run() > current.run && one.phase() == Replica.Phase.READY))
                .orElse(true);
    }

    RoleStatus status(long now) {
        return new RoleStatus(
                plan.name(),
                plan.command(),
                wanted,
                plan.front(),
                toRestart.size() + (turn.isPresent() ? 1 : 0),
                replicas.values().stream().map(one -> one.status(now)).toList());
    }
}
