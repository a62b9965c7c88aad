package io.jynamo.frontend.generate;

import java.time.Duration;

/**
 * What generation requests may take.
 *
 * @param maxRequests running at one time; further ones are refused with 529
 * @param computeThreads threads that parse, render and tokenize
 * @param timeLimit longest a request may take from arrival to last byte
 * @param keepAlive silence after which a comment is sent on a stream
 * @param streamCredit output tokens per choice under way between engine and a client's socket
 * @param migrationLimit workers a request may lose and still go on with another
 * @param migrationPatience how long a stream that lost its worker waits for one to go on with
 */
public record GenerationLimits(
        int maxRequests,
        int computeThreads,
        Duration timeLimit,
        Duration keepAlive,
        int streamCredit,
        int migrationLimit,
        Duration migrationPatience) {
    private static final int MIGRATIONS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    public GenerationLimits {
        if (maxRequests < 1 || computeThreads < 1 || streamCredit < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
        if (migrationLimit < 0 || migrationPatience.isNegative()) {
            throw new IllegalArgumentException("migration limit and patience must not be negative");
        }
        if (!timeLimit.isPositive() || !keepAlive.isPositive()) {
            throw new IllegalArgumentException("durations must be positive");
        }
    }

    /** Three migrations, and thirty seconds for each. */
    public GenerationLimits(
            int maxRequests, int computeThreads, Duration timeLimit, Duration keepAlive, int streamCredit) {
        this(maxRequests, computeThreads, timeLimit, keepAlive, streamCredit, MIGRATIONS, PATIENCE);
    }

    /** The same with another number of workers that a request may lose. */
    public GenerationLimits withMigrations(int limit, Duration patience) {
        return new GenerationLimits(maxRequests, computeThreads, timeLimit, keepAlive, streamCredit, limit, patience);
    }

    /** The same with another longest answer and another silence before a comment. */
    public GenerationLimits withTimes(Duration limit, Duration silence) {
        return new GenerationLimits(
                maxRequests, computeThreads, limit, silence, streamCredit, migrationLimit, migrationPatience);
    }
}
