package io.jynamo.router;

import io.jynamo.protocol.WorkerId;
import io.jynamo.router.select.CostTuning;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which workers a request may go to, and which it would rather.
 *
 * @param pinned the only worker it may go to, or null
 * @param session whose requests belong together, or null; they go where the session's last one went, as long as the
 *     router keeps sessions
 * @param allowed workers it may go to; empty for all
 * @param requiredTaints what a worker's card must have, each of them
 * @param preferredTaints what makes a worker better, each with its weight; negative makes it worse
 * @param tuning what the costs of workers are to count otherwise
 */
public record Wishes(
        @Nullable WorkerId pinned,
        @Nullable String session,
        Set<WorkerId> allowed,
        Set<String> requiredTaints,
        Map<String, Double> preferredTaints,
        CostTuning tuning) {
    /** Any worker will do. */
    public static final Wishes NONE = new Wishes(null, null, Set.of(), Set.of(), Map.of());

    public Wishes {
        allowed = Set.copyOf(allowed);
        requiredTaints = Set.copyOf(requiredTaints);
        preferredTaints = Map.copyOf(preferredTaints);
    }

    /** With the router's own costs. */
    public Wishes(
            @Nullable WorkerId pinned,
            @Nullable String session,
            Set<WorkerId> allowed,
            Set<String> requiredTaints,
            Map<String, Double> preferredTaints) {
        this(pinned, session, allowed, requiredTaints, preferredTaints, CostTuning.NONE);
    }

    /** One worker and no other. */
    public static Wishes pinnedTo(WorkerId worker) {
        return new Wishes(worker, null, Set.of(), Set.of(), Map.of());
    }

    public Wishes withSession(@Nullable String id) {
        return new Wishes(pinned, id, allowed, requiredTaints, preferredTaints, tuning);
    }

    public Wishes withAllowed(Set<WorkerId> these) {
        return new Wishes(pinned, session, these, requiredTaints, preferredTaints, tuning);
    }

    public Wishes withTuning(CostTuning other) {
        return new Wishes(pinned, session, allowed, requiredTaints, preferredTaints, other);
    }
}
