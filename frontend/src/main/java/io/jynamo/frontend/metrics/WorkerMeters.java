package io.jynamo.frontend.metrics;

/**
 * What the last requests of one worker were like. Written now and then by whoever answers them, read by the page; each
 * figure stands alone.
 */
final class WorkerMeters {
    private volatile double firstTokenSeconds;
    private volatile double inputTokens;
    private volatile double interTokenSeconds;

    void onFirstToken(double seconds, int input) {
        firstTokenSeconds = seconds;
        inputTokens = input;
    }

    void onTokens(double secondsPerToken) {
        interTokenSeconds = secondsPerToken;
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
}
