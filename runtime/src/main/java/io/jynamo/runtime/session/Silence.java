package io.jynamo.runtime.session;

/**
 * How long a worker has said nothing, and what that calls for. Pure.
 *
 * <p>Silence is counted by looks, not by the clock alone: a look that comes late says that we slept, not that the worker
 * did, so no look counts for more than {@link #MOST_BETWEEN_LOOKS_NANOS}.
 */
final class Silence {
    private static final long MOST_BETWEEN_LOOKS_NANOS = 100_000_000;
    private static final long MOST_BETWEEN_IDLE_LOOKS_NANOS = 1_000_000_000;

    private final SessionLimits limits;
    private long silentNanos;
    private long lastLookNanos;
    private boolean looked;
    private boolean asked;

    Silence(SessionLimits limits) {
        this.limits = limits;
    }

    enum Verdict {
        FINE,
        /** Time to ask whether it lives. */
        ASK,
        GIVE_UP
    }

    /** The worker said something. */
    void onHeard() {
        silentNanos = 0;
        asked = false;
        looked = false;
    }

    /** @param busy whether it has requests */
    Verdict on(long nowNanos, boolean busy) {
        if (looked) {
            long most = busy ? MOST_BETWEEN_LOOKS_NANOS : MOST_BETWEEN_IDLE_LOOKS_NANOS;
            silentNanos += Math.min(nowNanos - lastLookNanos, most);
        }
        looked = true;
        lastLookNanos = nowNanos;
        if (asked && silentNanos >= (busy ? limits.busySilence() : limits.idleSilence()).toNanos()) {
            return Verdict.GIVE_UP;
        }
        if (!asked && silentNanos >= (busy ? limits.busyProbe() : limits.idleProbe()).toNanos()) {
            asked = true;
            return Verdict.ASK;
        }
        return Verdict.FINE;
    }

    long silentMillis() {
        return silentNanos / 1_000_000;
    }
}
