package io.jynamo.frontend.generate;

import io.jynamo.frontend.media.MediaLimits;
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
 * @param retryShare retries per request, all requests together, 0 to 1; see {@link RetryBudget} for what is always allowed
 * @param hedging when a second worker is asked
 * @param media what images, sounds and films may take, and where they may come from
 */
public record GenerationLimits(
        int maxRequests,
        int computeThreads,
        Duration timeLimit,
        Duration keepAlive,
        int streamCredit,
        int migrationLimit,
        Duration migrationPatience,
        double retryShare,
        HedgeLimits hedging,
        MediaLimits media) {
    private static final int MIGRATIONS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    public GenerationLimits {
        if (maxRequests < 1 || computeThreads < 1 || streamCredit < 1) {
            throw new IllegalArgumentException("limits must be at least 1");
        }
        if (migrationLimit < 0 || migrationPatience.isNegative()) {
            throw new IllegalArgumentException("migration limit and patience must not be negative");
        }
        if (!(retryShare >= 0 && retryShare <= 1)) {
            throw new IllegalArgumentException("the share of retries is from 0 to 1, not " + retryShare);
        }
        if (!timeLimit.isPositive() || !keepAlive.isPositive()) {
            throw new IllegalArgumentException("durations must be positive");
        }
    }

    /** Three migrations, thirty seconds for each, and a fifth of all requests. */
    public GenerationLimits(
            int maxRequests, int computeThreads, Duration timeLimit, Duration keepAlive, int streamCredit) {
        this(
                maxRequests,
                computeThreads,
                timeLimit,
                keepAlive,
                streamCredit,
                MIGRATIONS,
                PATIENCE,
                RetryBudget.DEFAULT_SHARE,
                HedgeLimits.OFF,
                MediaLimits.DEFAULT);
    }

    /** The same with another number of workers that a request may lose. */
    public GenerationLimits withMigrations(int limit, Duration patience) {
        return new GenerationLimits(
                maxRequests,
                computeThreads,
                timeLimit,
                keepAlive,
                streamCredit,
                limit,
                patience,
                retryShare,
                hedging,
                media);
    }

    /** The same with another share of requests that may be retried. */
    public GenerationLimits withRetryShare(double share) {
        return new GenerationLimits(
                maxRequests,
                computeThreads,
                timeLimit,
                keepAlive,
                streamCredit,
                migrationLimit,
                migrationPatience,
                share,
                hedging,
                media);
    }

    /** The same with another longest answer and another silence before a comment. */
    public GenerationLimits withTimes(Duration limit, Duration silence) {
        return new GenerationLimits(
                maxRequests,
                computeThreads,
                limit,
                silence,
                streamCredit,
                migrationLimit,
                migrationPatience,
                retryShare,
                hedging,
                media);
    }

    /** The same with second workers. */
    public GenerationLimits withHedging(HedgeLimits hedges) {
        return new GenerationLimits(
                maxRequests,
                computeThreads,
                timeLimit,
                keepAlive,
                streamCredit,
                migrationLimit,
                migrationPatience,
                retryShare,
                hedges,
                media);
    }

    /** The same with other limits of media. */
    public GenerationLimits withMedia(MediaLimits limits) {
        return new GenerationLimits(
                maxRequests,
                computeThreads,
                timeLimit,
                keepAlive,
                streamCredit,
                migrationLimit,
                migrationPatience,
                retryShare,
                hedging,
                limits);
    }
}
