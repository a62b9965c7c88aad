package io.jynamo.router.admission;

import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Router;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Requests that may go to the same workers: where one of them finds no room, neither do the others.
 *
 * @param pinned the only worker, or null
 * @param allowed the only workers; empty for all
 * @param requiredTaints what a worker must have
 * @param tried workers that are not asked again
 * @param policyClass index of their class: when a worker counts as busy is a class's own
 */
record Lane(
        @Nullable WorkerId pinned,
        Set<WorkerId> allowed,
        Set<String> requiredTaints,
        Set<WorkerId> tried,
        int policyClass) {
    /** Any worker, for the first class. */
    static final Lane ANY = new Lane(null, Set.of(), Set.of(), Set.of(), 0);

    static Lane of(Router.Request request, int policyClass) {
        return new Lane(
                request.wishes().pinned(),
                request.wishes().allowed(),
                request.wishes().requiredTaints(),
                request.tried(),
                policyClass);
    }

    /** Whether room on that worker may be of use here; its taints are not known. */
    boolean mayUse(WorkerId worker) {
        return (pinned == null || pinned.equals(worker))
                && (allowed.isEmpty() || allowed.contains(worker))
                && !tried.contains(worker);
    }
}
