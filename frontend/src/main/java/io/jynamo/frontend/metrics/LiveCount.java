package io.jynamo.frontend.metrics;

/** What a {@link LiveMeter} had counted at one moment, or between two. */
public final class LiveCount {
    static final int REQUESTS = 0;
    static final int TOKENS = 1;
    static final int FIRST_TOKENS = 2;
    static final int GAPS = FIRST_TOKENS + LatencyScale.COUNT;
    static final int SIZE = GAPS + LatencyScale.COUNT;

    private final long[] figures;

    /** @param figures given away, not copied */
    LiveCount(long[] figures) {
        this.figures = figures;
    }

    /** Requests that began. */
    public long requests() {
        return figures[REQUESTS];
    }

    /** Output tokens that came. */
    public long tokens() {
        return figures[TOKENS];
    }

    /** Milliseconds from arrival to first token that a share of requests did not exceed; not a number without any. */
    public double firstTokenMillis(double share) {
        return LatencyScale.percentile(figures, FIRST_TOKENS, share);
    }

    /** Milliseconds between tokens that a share of them did not exceed; not a number without any. */
    public double interTokenMillis(double share) {
        return LatencyScale.percentile(figures, GAPS, share);
    }

    /** What was counted since an earlier count. */
    public LiveCount since(LiveCount earlier) {
        long[] between = figures.clone();
        for (int i = 0; i < SIZE; i++) {
            between[i] -= earlier.figures[i];
        }
        return new LiveCount(between);
    }
}
