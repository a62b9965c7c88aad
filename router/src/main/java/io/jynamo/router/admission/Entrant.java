package io.jynamo.router.admission;

import io.jynamo.router.Claim;
import io.jynamo.router.Router;
import java.time.Duration;

/**
 * One who waits: all that its place in the line depends on. Times are nanoseconds on a clock that begins at zero.
 *
 * @param number of its arrival; no two have the same
 * @param lane which workers it may go to, and its policy class
 * @param preemptible goes after all that are not
 * @param strictPriority a higher one goes first
 * @param priority among equal ones, as seconds that it came earlier; below zero counts as zero
 * @param tenant whose it is
 * @param cost tokens that serving it takes, prompt and output
 * @param uncachedTokens prompt tokens that are expected to be computed
 * @param arrivedNanos when it came
 * @param dueNanos until when its first token is of use, or {@link #NEVER_DUE}
 */
record Entrant(
        long number,
        Lane lane,
        boolean preemptible,
        int strictPriority,
        int priority,
        String tenant,
        long cost,
        long uncachedTokens,
        long arrivedNanos,
        long dueNanos) {
    static final long NEVER_DUE = Long.MAX_VALUE;
    private static final double SECOND = 1e9;

    /** One that waits from now on. */
    static Entrant of(Router.Request request, int cachedTokens, Lane lane, long number, long now) {
        Claim claim = request.claim();
        Duration within = claim.firstTokenWithin();
        return new Entrant(
                number,
                lane,
                claim.preemptible(),
                // One that lost its worker has waited its turn.
                request.tried().isEmpty() ? claim.strictPriority() : Integer.MAX_VALUE,
                request.priority(),
                claim.tenant(),
                request.promptTokens() - cachedTokens + (long) request.expectedOutputTokens() * request.choices(),
                request.promptTokens() - (long) cachedTokens,
                now,
                within == null ? NEVER_DUE : now + within.toNanos());
    }

    /** What serving it costs its class: what is to be computed of its prompt, something at least. */
    long turnCost() {
        return Math.max(1, uncachedTokens);
    }

    /** Dynamo's first-come order: lower goes first. */
    double arrivalScore() {
        return arrivedNanos / SECOND - Math.max(0, priority);
    }

    /** Dynamo's weighted shortest processing time: higher goes first. */
    double shortnessScore() {
        return (1.0 + Math.max(0, priority)) / Math.max(1, uncachedTokens);
    }
}
