package io.jynamo.router;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.index.ChainIndex;
import io.jynamo.router.select.DynamoWeights;
import java.time.Duration;

/**
 * What a router is told once, at its start.
 *
 * @param blockTokens tokens per KV block; must be what the workers' cards say
 * @param indexBytes memory the prefix index may use, at least {@link ChainIndex#MIN_BYTES}; see {@link ChainIndex} for
 *     what happens when it is not enough
 * @param maxRequestsPerWorker requests (each choice counts) that one worker may have been given and not finished,
 *     running and waiting together; a worker that has as many gets no more
 * @param retryAfter what a refused client is told to wait while it is not known how fast requests end
 * @param weights of the policy {@code prefix-affinity}
 * @param temperature how far that policy strays from the least cost; 0 for not at all
 * @param affinity of sessions
 * @param predictions how long a worker is expected to hold a prompt that it was given
 */
public record RouterOptions(
        RoutingPolicy policy,
        int blockTokens,
        long indexBytes,
        int maxRequestsPerWorker,
        Duration retryAfter,
        DynamoWeights weights,
        double temperature,
        Affinity affinity,
        Predictions predictions) {
    public static final long DEFAULT_INDEX_BYTES = 64L << 20;
    public static final int DEFAULT_MAX_REQUESTS_PER_WORKER = 1024;

    /**
     * How long a worker is expected to hold the blocks of a prompt that it was given; zero for not at all.
     *
     * @param withoutEvents of workers that do not tell which blocks they hold
     * @param withEvents of those that do, until they have said so
     */
    public record Predictions(Duration withoutEvents, Duration withEvents) {
        /** Two minutes, as Dynamo has it, and not at all. */
        public static final Predictions DEFAULT = new Predictions(Duration.ofMinutes(2), Duration.ZERO);
    }

    public RouterOptions {
        require(blockTokens >= 1, "blockTokens must be at least 1: " + blockTokens);
        require(
                indexBytes >= ChainIndex.MIN_BYTES,
                "indexBytes must be at least " + ChainIndex.MIN_BYTES + ": " + indexBytes);
        require(maxRequestsPerWorker >= 1, "maxRequestsPerWorker must be at least 1: " + maxRequestsPerWorker);
        require(retryAfter.isPositive(), "retryAfter must be positive: " + retryAfter);
        require(temperature >= 0, "temperature must be 0 or more: " + temperature);
    }

    /** With the defaults of all but the first five. */
    public RouterOptions(
            RoutingPolicy policy, int blockTokens, long indexBytes, int maxRequestsPerWorker, Duration retryAfter) {
        this(
                policy,
                blockTokens,
                indexBytes,
                maxRequestsPerWorker,
                retryAfter,
                DynamoWeights.DEFAULTS,
                0,
                Affinity.NONE,
                Predictions.DEFAULT);
    }

    /** The defaults: 64 MiB of index, 1,024 requests per worker, one second, Dynamo's weights, no sessions. */
    public static RouterOptions of(RoutingPolicy policy, int blockTokens) {
        return new RouterOptions(
                policy, blockTokens, DEFAULT_INDEX_BYTES, DEFAULT_MAX_REQUESTS_PER_WORKER, Duration.ofSeconds(1));
    }

    public RouterOptions withCosts(DynamoWeights other, double degrees) {
        return with(other, degrees, affinity, predictions);
    }

    public RouterOptions withAffinity(Affinity other) {
        return with(weights, temperature, other, predictions);
    }

    public RouterOptions withPredictions(Predictions other) {
        return with(weights, temperature, affinity, other);
    }

    private RouterOptions with(DynamoWeights costs, double degrees, Affinity sessions, Predictions holds) {
        return new RouterOptions(
                policy, blockTokens, indexBytes, maxRequestsPerWorker, retryAfter, costs, degrees, sessions, holds);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, message);
        }
    }
}
