package io.jynamo.router;

import org.jspecify.annotations.Nullable;

/**
 * From when on a worker counts as busy: it has more prompt tokens booked and not computed than either of these.
 *
 * @param tokens so many, or null
 * @param share of those that it computes in one step, or null
 */
public record BusyRule(@Nullable Long tokens, @Nullable Double share) {
    /** However much it has. */
    public static final BusyRule NEVER = new BusyRule(null, null);

    public static BusyRule above(double share) {
        return new BusyRule(null, share);
    }

    public boolean isNever() {
        return tokens == null && share == null;
    }

    /** Whether a worker with so many booked is busy. */
    public boolean holds(long booked, long stepTokens) {
        return (tokens != null && booked > tokens) || (share != null && booked > share * stepTokens);
    }
}
