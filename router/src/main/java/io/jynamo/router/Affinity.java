package io.jynamo.router;

import java.time.Duration;

/**
 * Whether requests of one session stay on one worker.
 *
 * @param ttl how long after its last request a session is remembered; zero where sessions are not kept
 * @param hard whether it stays whatever it costs, as long as the worker can take it; else only while that costs no more,
 *     beyond the best worker, than computing its prompt anew
 */
public record Affinity(Duration ttl, boolean hard) {
    /** Sessions go wherever each request is best off. */
    public static final Affinity NONE = new Affinity(Duration.ZERO, false);
}
