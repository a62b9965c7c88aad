package io.jynamo.router;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a request may claim where not everybody can be served at once.
 *
 * @param tenant who sends it; tenants share what there is by their weights
 * @param strictPriority its class: a higher one always goes first
 * @param firstTokenWithin how long after its arrival its first token is still of use, or null where any time is
 * @param preemptible whether it may be sent back to wait, its output kept, for the sake of others
 */
public record Claim(
        String tenant, int strictPriority, @Nullable Duration firstTokenWithin, boolean preemptible) {
    /** An ordinary request of nobody in particular. */
    public static final Claim ORDINARY = new Claim("", 0, null, false);
}
