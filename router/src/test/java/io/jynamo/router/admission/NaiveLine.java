package io.jynamo.router.admission;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The order of admission by its definition: every question looks at everybody. */
final class NaiveLine {
    private final QueuePolicy policy;
    private final Map<String, Double> weights;
    private final List<Entrant> waiting = new ArrayList<>();
    private final Map<String, Double> starts = new HashMap<>();
    private double now;

    NaiveLine(QueuePolicy policy, Map<String, Double> weights) {
        this.policy = policy;
        this.weights = weights;
    }

    private NaiveLine(NaiveLine copied) {
        this(copied.policy, copied.weights);
        waiting.addAll(copied.waiting);
        starts.putAll(copied.starts);
        now = copied.now;
    }

    List<Entrant> waiting() {
        return waiting;
    }

    void add(Entrant entrant) {
        if (policy == QueuePolicy.FAIR
                && waiting.stream().noneMatch(one -> one.tenant().equals(entrant.tenant()))) {
            starts.put(entrant.tenant(), Math.max(now, starts.getOrDefault(entrant.tenant(), 0.0)));
        }
        waiting.add(entrant);
    }

    void remove(Entrant entrant) {
        waiting.remove(entrant);
    }

    void serve(Entrant entrant) {
        waiting.remove(entrant);
        if (policy == QueuePolicy.FAIR) {
            double start = start(entrant);
            now = Math.max(now, start);
            starts.put(entrant.tenant(), start + entrant.cost() / weights.getOrDefault(entrant.tenant(), 1.0));
        }
    }

    void idle() {
        starts.keySet()
                .removeIf(
                        tenant -> waiting.stream().noneMatch(one -> one.tenant().equals(tenant)));
    }

    @Nullable
    Entrant next(Set<Lane> open) {
        Entrant best = null;
        for (Entrant one : waiting) {
            if (open.contains(one.lane()) && (best == null || beats(one, best))) {
                best = one;
            }
        }
        return best;
    }

    /** How many are served of its lane until it is. */
    int ahead(Entrant entrant) {
        NaiveLine copy = new NaiveLine(this);
        copy.waiting.removeIf(one -> !one.lane().equals(entrant.lane()));
        int served = 0;
        while (true) {
            Entrant next = copy.next(Set.of(entrant.lane()));
            if (next == null || next.equals(entrant)) {
                return served;
            }
            copy.serve(next);
            served++;
        }
    }

    private double start(Entrant entrant) {
        return Objects.requireNonNull(starts.get(entrant.tenant()));
    }

    private boolean beats(Entrant one, Entrant other) {
        if (one.preemptible() != other.preemptible()) {
            return other.preemptible();
        }
        if (one.strictPriority() != other.strictPriority()) {
            return one.strictPriority() > other.strictPriority();
        }
        if (policy == QueuePolicy.WSPT) {
            double mine = (1.0 + Math.max(0, one.priority())) / Math.max(1, one.uncachedTokens());
            double theirs = (1.0 + Math.max(0, other.priority())) / Math.max(1, other.uncachedTokens());
            return mine == theirs ? one.number() < other.number() : mine > theirs;
        }
        if (policy == QueuePolicy.FAIR) {
            double mine = start(one);
            double theirs = start(other);
            if (mine != theirs) {
                return mine < theirs;
            }
            if (one.dueNanos() != other.dueNanos()) {
                return one.dueNanos() < other.dueNanos();
            }
        }
        double mine = one.arrivedNanos() / 1e9 - Math.max(0, one.priority());
        double theirs = other.arrivedNanos() / 1e9 - Math.max(0, other.priority());
        return mine == theirs ? one.number() < other.number() : mine < theirs;
    }
}
