package io.jynamo.frontend.generate;

import io.jynamo.protocol.GenerationEnd;
import java.time.Duration;

/**
 * How often requests of a frontend may be given to another worker when the first brought nothing, all of them together:
 * what keeps a fleet that fails everything from being asked everything several times over. Streams that lose their worker
 * in the middle are not counted, nor held back by it. Pure, and not for several threads at once.
 *
 * <p>How it works. Requests and retries are counted over the last ten seconds, by the second. A retry is allowed while
 * there were fewer of them than
 * <pre>share x requests + max(10 per second, requests that run now)</pre>
 * The first term is the budget proper. The second is what it never goes below: a handful each second, so that a quiet
 * frontend may retry at all, and one retry for each request that runs. The latter is for a mass failover. A third of the
 * workers dies, and with it a third of all requests that wait for their first token must move in the same second; every
 * worker dies once and comes back, and all of them must; neither has anything to do with how many requests came in the
 * last ten seconds. What is not allowed is that they all move again and again: the second time round within ten seconds
 * the share alone is left. Requests that fail at once, a worker that refuses all it gets, are not running when they are
 * counted, so that for them the share is all there is.
 */
final class RetryBudget {
    static final double DEFAULT_SHARE = 0.2;
    private static final int SECONDS = 10;
    private static final int LEAST_PER_SECOND = 10;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(SECONDS / 2);
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final double share;
    private final long[] requests = new long[SECONDS];
    private final long[] retries = new long[SECONDS];
    private long second;
    private boolean begun;

    /** @param share retries per request, 0 to 1 */
    RetryBudget(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("the share of retries is from 0 to 1, not " + share);
        }
        this.share = share;
    }

    /** A request came. */
    void onRequest(long nowNanos) {
        requests[slot(nowNanos)]++;
    }

    /**
     * Takes a retry out of the budget; false where there is none left.
     *
     * @param running requests that run now, the one that asks among them
     */
    boolean tryRetry(long nowNanos, int running) {
        int now = slot(nowNanos);
        double allowed = share * sum(requests) + Math.max(LEAST_PER_SECOND * SECONDS, running);
        if (sum(retries) + 1 > allowed) {
            return false;
        }
        retries[now]++;
        return true;
    }

    /** How a request ends that got no retry: with its worker's own error, and why nobody else was asked beside it. */
    static GenerationEnd.Failure spent(GenerationEnd.Failure failure) {
        return new GenerationEnd.Failure(
                failure.code(),
                failure.message() + "; no other worker was tried, since so many requests have failed that the retry"
                        + " budget of this frontend is spent",
                failure.retryAfter() == null ? RETRY_AFTER : failure.retryAfter());
    }

    /** The place of this second, with what lies ten of them back forgotten; a clock that goes back stands still here. */
    private int slot(long nowNanos) {
        long now = Math.floorDiv(nowNanos, SECOND_NANOS);
        if (!begun) {
            begun = true;
            second = now;
        }
        long steps = Math.min(SECONDS, now - second);
        for (long step = 1; step <= steps; step++) {
            int stale = Math.floorMod(second + step, SECONDS);
            requests[stale] = 0;
            retries[stale] = 0;
        }
        second = Math.max(second, now);
        return Math.floorMod(second, SECONDS);
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }
}
