package io.jynamo.router.admission;

/**
 * One who waits: all that its place in the line depends on. Times are nanoseconds on a clock that begins at zero.
 *
 * @param number of its arrival; no two have the same
 * @param lane which workers it may go to
 * @param preemptible goes after all that are not
 * @param strictPriority its class: a higher one goes first
 * @param priority within a class, as seconds that it came earlier; below zero counts as zero
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

    /** Dynamo's first-come order: lower goes first. */
    double arrivalScore() {
        return arrivedNanos / SECOND - Math.max(0, priority);
    }

    /** Dynamo's weighted shortest processing time: higher goes first. */
    double shortnessScore() {
        return (1.0 + Math.max(0, priority)) / Math.max(1, uncachedTokens);
    }
}
