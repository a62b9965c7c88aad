package io.jynamo.router;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.index.ChainIndex;
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
 */
public record RouterOptions(
        RoutingPolicy policy, int blockTokens, long indexBytes, int maxRequestsPerWorker, Duration retryAfter) {
    public static final long DEFAULT_INDEX_BYTES = 64L << 20;
    public static final int DEFAULT_MAX_REQUESTS_PER_WORKER = 1024;

    public RouterOptions {
        require(blockTokens >= 1, "blockTokens must be at least 1: " + blockTokens);
        require(
                indexBytes >= ChainIndex.MIN_BYTES,
                "indexBytes must be at least " + ChainIndex.MIN_BYTES + ": " + indexBytes);
        require(maxRequestsPerWorker >= 1, "maxRequestsPerWorker must be at least 1: " + maxRequestsPerWorker);
        require(retryAfter.isPositive(), "retryAfter must be positive: " + retryAfter);
    }

    /** The defaults: prefix affinity, 64 MiB of index, 1,024 requests per worker, one second. */
    public static RouterOptions of(RoutingPolicy policy, int blockTokens) {
        return new RouterOptions(
                policy, blockTokens, DEFAULT_INDEX_BYTES, DEFAULT_MAX_REQUESTS_PER_WORKER, Duration.ofSeconds(1));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, message);
        }
    }
}
