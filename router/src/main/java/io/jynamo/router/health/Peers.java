package io.jynamo.router.health;

/**
 * What the workers of one model have shown of how long they are silent, for those of which nothing is known yet. It only
 * stands in until a worker has a past of its own, and for no longer than without it.
 *
 * <p>Safe for use by several threads.
 */
public final class Peers {
    private volatile long longestNanos;
    private volatile double slowestOfShort;

    /** The longest silence that ended well, of one that has shown enough of itself. */
    void onSilence(long nanos) {
        if (nanos > longestNanos) { // a lost race costs one figure of many
            longestNanos = nanos;
        }
    }

    /** Nanoseconds a token of a short prompt took at worst; what was slow once, as first requests are, fades. */
    void onShortPrompt(double nanosPerToken) {
        slowestOfShort = Math.max(nanosPerToken, slowestOfShort * 0.9);
    }

    /** 0 where no worker is known. */
    long longestNanos() {
        return longestNanos;
    }

    /** 0 where no worker is known. */
    double slowestOfShort() {
        return slowestOfShort;
    }
}
