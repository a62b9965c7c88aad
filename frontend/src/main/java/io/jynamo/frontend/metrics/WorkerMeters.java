package io.jynamo.frontend.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the last requests of one worker were like. Written now and then by whoever answers them, read by the page; each
 * figure stands alone.
 */
final class WorkerMeters {
    private volatile double firstTokenSeconds;
    private volatile double inputTokens;
    private volatile double interTokenSeconds;
    private final LongAdder cachedTokens = new LongAdder();

    void onFirstToken(double seconds, int input) {
        firstTokenSeconds = seconds;
        inputTokens = input;
    }

    void onTokens(double secondsPerToken) {
        interTokenSeconds = secondsPerToken;
    }

    void onCached(int tokens) {
        cachedTokens.add(tokens);
    }

    double firstTokenSeconds() {
        return firstTokenSeconds;
    }

    double inputTokens() {
        return inputTokens;
    }

    double interTokenSeconds() {
        return interTokenSeconds;
    }

    long cachedTokens() {
        return cachedTokens.sum();
    }
}
