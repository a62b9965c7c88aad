package io.jynamo.router.admission;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.BusyRule;
import org.jspecify.annotations.Nullable;

/**
 * One of the queues in which a model's requests wait for a worker. Classes take turns by the prompt tokens that have to be
 * computed, each in proportion to its quantum.
 *
 * @param policy the order within it
 * @param quantum tokens that it may have computed in a round, 1 to {@link #MOST_QUANTUM}
 * @param busy its requests wait while every worker they may go to is so
 * @param limits of what waits in it
 */
public record PolicyClass(String name, QueuePolicy policy, long quantum, BusyRule busy, Limits limits) {
    public static final long MOST_QUANTUM = 1_000_000_000;
    /** Of a model whose requests are all of one. */
    public static final String ONLY = "default";

    public PolicyClass {
        if (quantum < 1 || quantum > MOST_QUANTUM) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the quantum of class `" + name + "` must be from 1 to " + MOST_QUANTUM + ": " + quantum);
        }
    }

    /**
     * What may wait for each worker that there is; the request that crosses one of them still waits, the next does not.
     *
     * @param requests or null
     * @param promptTokens or null
     * @param cachedTokens prompt tokens that some worker has in its cache, or null
     */
    public record Limits(
            @Nullable Long requests,
            @Nullable Long promptTokens,
            @Nullable Long cachedTokens) {
        public static final Limits NONE = new Limits(null, null, null);
    }
}
