package io.jynamo.frontend.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What happens now: counts that only grow, so that whoever reads them twice knows what was between.
 *
 * <p>Written once for each batch of tokens. Threads write to stripes by their number, event loops to one of their own,
 * without a lock and without an object; who reads adds the stripes up.
 */
public final class LiveMeter {
    private static final int MOST_STRIPES = 16;

    private final AtomicLongArray[] stripes;

    LiveMeter() {
        int cores = Math.min(MOST_STRIPES, Runtime.getRuntime().availableProcessors());
        stripes = new AtomicLongArray[2 * Integer.highestOneBit(cores)];
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new AtomicLongArray(LiveCount.SIZE);
        }
    }

    private AtomicLongArray stripe() {
        return stripes[(int) Thread.currentThread().threadId() & (stripes.length - 1)];
    }

    /** A request began. */
    void onRequest() {
        stripe().getAndIncrement(LiveCount.REQUESTS);
    }

    /** A request's first tokens came so long after it. */
    void onFirstTokens(int count, long nanos) {
        AtomicLongArray mine = stripe();
        mine.getAndAdd(LiveCount.TOKENS, count);
        mine.getAndIncrement(LiveCount.FIRST_TOKENS + LatencyScale.bucket(nanos));
    }

    /** More tokens came, so long after those before them, each. */
    void onTokens(int count, long nanosEach) {
        AtomicLongArray mine = stripe();
        mine.getAndAdd(LiveCount.TOKENS, count);
        mine.getAndAdd(LiveCount.GAPS + LatencyScale.bucket(nanosEach), count);
    }

    /** Everything counted so far. */
    public LiveCount count() {
        long[] sums = new long[LiveCount.SIZE];
        for (AtomicLongArray one : stripes) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += one.getOpaque(i);
            }
        }
        return new LiveCount(sums);
    }
}
