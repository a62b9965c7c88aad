package io.jynamo.router.admission;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How much each tenant was served, as start-time fair queueing counts it. Pure; not for several threads at once.
 *
 * <p>How it works. A tenant's tag is the virtual time at which its next request starts; serving a request moves it by the
 * request's cost over the tenant's weight, and the least tag is served first. The virtual time is the start of whatever was
 * served last; who begins to wait starts no earlier, so that nobody saves up service by staying away. A tenant that waits no
 * longer is remembered while its tag lies ahead of the virtual time, which is what it had too much; at most
 * {@link #MOST_REMEMBERED} are, and those that had least too much are forgotten first.
 */
final class TenantTags {
    static final int MOST_REMEMBERED = 1_024;

    private final Map<String, Double> weights;
    private final Map<String, Integer> waiting = new HashMap<>();
    private final Map<String, Double> tags = new HashMap<>();
    private double now;

    TenantTags(Map<String, Double> weights) {
        this.weights = Map.copyOf(weights);
    }

    void onWaiting(String tenant) {
        if (waiting.merge(tenant, 1, Integer::sum) == 1) {
            tags.put(tenant, Math.max(now, tags.getOrDefault(tenant, now)));
        }
    }

    void onWaitingNoMore(String tenant) {
        if (waiting.merge(tenant, -1, Integer::sum) <= 0) {
            waiting.remove(tenant);
            forgetTooMany();
        }
    }

    /** When its next request starts. */
    double tag(String tenant) {
        return tags.getOrDefault(tenant, now);
    }

    /** How far a request of that cost moves its tenant. */
    double price(String tenant, long cost) {
        return Math.max(1, cost) / weights.getOrDefault(tenant, 1.0);
    }

    /** A request of one who waits was served. */
    void pay(String tenant, long cost) {
        double start = tag(tenant);
        now = Math.max(now, start);
        tags.put(tenant, start + price(tenant, cost));
    }

    /** Forgets all who do not wait. */
    void forget() {
        if (tags.size() > waiting.size()) {
            tags.keySet().retainAll(waiting.keySet());
        }
    }

    /** Tenants that it knows of. */
    int known() {
        return tags.size();
    }

    private void forgetTooMany() {
        if (tags.size() - waiting.size() <= MOST_REMEMBERED) {
            return;
        }
        Set<String> gone = new HashSet<>(tags.keySet());
        gone.removeAll(waiting.keySet());
        tags.keySet().removeIf(tenant -> gone.contains(tenant) && tag(tenant) <= now);
        gone.retainAll(tags.keySet());
        if (gone.size() > MOST_REMEMBERED) {
            gone.stream()
                    .sorted(Comparator.comparingDouble(this::tag))
                    .limit(gone.size() - MOST_REMEMBERED / 2L)
                    .toList()
                    .forEach(tags::remove);
        }
    }
}
