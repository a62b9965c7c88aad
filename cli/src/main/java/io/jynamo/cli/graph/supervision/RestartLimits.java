package io.jynamo.cli.graph.supervision;

import java.time.Duration;

/**
 * How often a replica that dies is started again.
 *
 * @param firstPause before the first restart; doubled with each further one
 * @param longestPause the most it grows to: it is tried again for ever
 * @param well how long it must have been ready for the pause to be the first one again
 * @param failing deaths in a row after which it is said to be failing
 */
public record RestartLimits(Duration firstPause, Duration longestPause, Duration well, int failing) {
    public static final RestartLimits USUAL =
            new RestartLimits(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofSeconds(30), 3);
}
