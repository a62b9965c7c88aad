package io.jynamo.router;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a request may claim where not everybody can be served at once.
 *
 * @param tenant who sends it; tenants share what there is by their weights
 * @param strictPriority a higher one goes first, within a policy class
 * @param firstTokenWithin how long after its arrival its first token is still of use, or null where any time is
 * @param preemptible whether it may be sent back to wait, its output kept, for the sake of others
 * @param policyClass the family of policy classes that it named, or the class, or null
 */
public record Claim(
        String tenant,
        int strictPriority,
        @Nullable Duration firstTokenWithin,
        boolean preemptible,
        @Nullable String policyClass) {
    /** An ordinary request of nobody in particular. */
    public static final Claim ORDINARY = new Claim("", 0, null, false);

    /** One that names no policy class. */
    public Claim(String tenant, int strictPriority, @Nullable Duration firstTokenWithin, boolean preemptible) {
        this(tenant, strictPriority, firstTokenWithin, preemptible, null);
    }

    public Claim withStrictPriority(int other) {
        return new Claim(tenant, other, firstTokenWithin, preemptible, policyClass);
    }

    public Claim withFirstTokenWithin(@Nullable Duration other) {
        return new Claim(tenant, strictPriority, other, preemptible, policyClass);
    }

    /** The same, never sent back to wait. */
    public Claim notPreemptible() {
        return new Claim(tenant, strictPriority, firstTokenWithin, false, policyClass);
    }

    public Claim withPolicyClass(@Nullable String named) {
        return new Claim(tenant, strictPriority, firstTokenWithin, preemptible, named);
    }
}
