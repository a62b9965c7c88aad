package io.jynamo.router.admission;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for a worker, and who of them goes next. Pure; not for several threads at once.
 *
 * <p>How it works. Each lane keeps its entrants by rank (what is not preemptible before what is, then the higher class),
 * within a rank by tenant, and within a tenant by the policy's order. Tenants share by {@link TenantTags}. Policies that
 * know no tenants put all under one name. The next is the best of the heads of the lanes that are open: entrants of a lane
 * that finds no room hold up nobody but themselves. Asking costs the lanes times the tenants of each lane's first rank.
 */
final class WaitingLine {
    private static final String EVERYBODY = "";
    private static final Comparator<Rank> RANKS = Comparator.comparing(Rank::preemptible)
            .thenComparing(Comparator.comparingInt(Rank::strictPriority).reversed());

    private final QueuePolicy policy;
    private final Comparator<Entrant> order;
    private final TenantTags tags;
    private final Map<Lane, NavigableMap<Rank, Map<String, NavigableSet<Entrant>>>> lanes = new HashMap<>();
    private int count;

    /** An empty line of tenants with these weights; others weigh 1. */
    WaitingLine(QueuePolicy policy, Map<String, Double> weights) {
        this.policy = policy;
        this.order = order(policy);
        this.tags = new TenantTags(weights);
    }

    /** What goes before all else. */
    private record Rank(boolean preemptible, int strictPriority) {}

    /** The order of entrants of one rank and tenant. */
    static Comparator<Entrant> order(QueuePolicy policy) {
        Comparator<Entrant> arrival =
                Comparator.comparingDouble(Entrant::arrivalScore).thenComparingLong(Entrant::number);
        return switch (policy) {
            case FAIR -> Comparator.comparingLong(Entrant::dueNanos).thenComparing(arrival);
            case FCFS -> arrival;
            case WSPT ->
                Comparator.comparingDouble(Entrant::shortnessScore).reversed().thenComparingLong(Entrant::number);
        };
    }

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether nobody waits in a lane. */
    boolean isEmpty(Lane lane) {
        return !lanes.containsKey(lane);
    }

    void add(Entrant entrant) {
        String tenant = tenant(entrant);
        boolean added = lanes.computeIfAbsent(entrant.lane(), made -> new TreeMap<>(RANKS))
                .computeIfAbsent(rank(entrant), made -> new HashMap<>())
                .computeIfAbsent(tenant, made -> new TreeSet<>(order))
                .add(entrant);
        if (!added) {
            throw new IllegalArgumentException("number " + entrant.number() + " waits already");
        }
        tags.onWaiting(tenant);
        count++;
    }

    /** It waits no longer, and was not served; nothing where it does not wait. */
    void remove(Entrant entrant) {
        take(entrant);
    }

    /** It waits no longer, for it was served: its tenant pays. */
    void onServed(Entrant entrant) {
        String tenant = tenant(entrant);
        tags.pay(tenant, entrant.cost());
        take(entrant);
    }

    /** Somebody was served who need not wait: whoever got much before owes nothing any more. */
    void onIdle() {
        tags.forget();
    }

    /** Who goes next, of the lanes that are open; null where nobody waits in one. */
    @Nullable
    Entrant next(Predicate<Lane> open) {
        Entrant best = null;
        for (var lane : lanes.entrySet()) {
            if (open.test(lane.getKey())) {
                Entrant head = head(lane.getValue());
                if (best == null || goesBefore(head, best)) {
                    best = head;
                }
            }
        }
        return best;
    }

    /** How many of its lane go before it, as far as can be seen now. */
    int ahead(Entrant entrant) {
        var ranks = lanes.get(entrant.lane());
        if (ranks == null) {
            return 0;
        }
        Map<String, Double> paid = new HashMap<>();
        int ahead = 0;
        for (var rank : ranks.entrySet()) {
            int of = ahead(entrant, rank.getValue(), paid);
            ahead += of;
            if (rank.getKey().equals(rank(entrant))) {
                break;
            }
        }
        return ahead;
    }

    /** Serves one rank in thought, up to the entrant or to its end. */
    private int ahead(Entrant entrant, Map<String, NavigableSet<Entrant>> tenants, Map<String, Double> paid) {
        PriorityQueue<Queued> heads =
                new PriorityQueue<>(Comparator.comparingDouble(Queued::tag).thenComparing(Queued::head, order));
        tenants.forEach((tenant, waiting) -> {
            Iterator<Entrant> rest = waiting.iterator();
            heads.add(new Queued(tenant, paid.getOrDefault(tenant, tags.tag(tenant)), rest.next(), rest));
        });
        int served = 0;
        while (!heads.isEmpty()) {
            Queued first = heads.poll();
            if (first.head().number() == entrant.number()) {
                return served;
            }
            served++;
            double tag = first.tag() + tags.price(first.tenant(), first.head().cost());
            paid.put(first.tenant(), tag);
            if (first.rest().hasNext()) {
                heads.add(new Queued(first.tenant(), tag, first.rest().next(), first.rest()));
            }
        }
        return served;
    }

    /** A tenant's entrants while they are served in thought. */
    private record Queued(String tenant, double tag, Entrant head, Iterator<Entrant> rest) {}

    private Entrant head(NavigableMap<Rank, Map<String, NavigableSet<Entrant>>> ranks) {
        List<Entrant> heads = new ArrayList<>();
        for (NavigableSet<Entrant> waiting : ranks.firstEntry().getValue().values()) {
            heads.add(waiting.first());
        }
        Entrant best = heads.getFirst();
        for (Entrant head : heads) {
            if (goesBefore(head, best)) {
                best = head;
            }
        }
        return best;
    }

    private boolean goesBefore(Entrant one, Entrant other) {
        int byRank = RANKS.compare(rank(one), rank(other));
        if (byRank != 0) {
            return byRank < 0;
        }
        int byShare = Double.compare(tags.tag(tenant(one)), tags.tag(tenant(other)));
        return byShare == 0 ? order.compare(one, other) < 0 : byShare < 0;
    }

    private void take(Entrant entrant) {
        var ranks = lanes.get(entrant.lane());
        var tenants = ranks == null ? null : ranks.get(rank(entrant));
        NavigableSet<Entrant> waiting = tenants == null ? null : tenants.get(tenant(entrant));
        if (ranks == null || tenants == null || waiting == null || !waiting.remove(entrant)) {
            return;
        }
        count--;
        tags.onWaitingNoMore(tenant(entrant));
        if (waiting.isEmpty()) {
            tenants.remove(tenant(entrant));
        }
        if (tenants.isEmpty()) {
            ranks.remove(rank(entrant));
        }
        if (ranks.isEmpty()) {
            lanes.remove(entrant.lane());
        }
    }

    private static Rank rank(Entrant entrant) {
        return new Rank(entrant.preemptible(), entrant.strictPriority());
    }

    private String tenant(Entrant entrant) {
        return policy == QueuePolicy.FAIR ? entrant.tenant() : EVERYBODY;
    }
}
