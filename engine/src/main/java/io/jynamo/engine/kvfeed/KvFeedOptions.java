package io.jynamo.engine.kvfeed;

import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Where an engine publishes its KV events and how they are followed.
 *
 * @param endpoint where it publishes, for example {@code tcp://127.0.0.1:5557}
 * @param replayEndpoint where it says messages again, or null where it does not
 * @param topic beginning of the topics to hear; empty for all
 * @param rank the data-parallel rank to hear; empty for whichever speaks
 * @param blockTokens tokens per block by the worker's card
 * @param maxBlocks blocks followed at once
 * @param patience how long a replay may be silent
 */
public record KvFeedOptions(
        String endpoint,
        @Nullable String replayEndpoint,
        String topic,
        OptionalInt rank,
        int blockTokens,
        int maxBlocks,
        Duration patience) {
    private static final int MAX_BLOCKS = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Everything an endpoint publishes, with bounds that fit a large GPU. */
    public static KvFeedOptions of(String endpoint, @Nullable String replayEndpoint, int blockTokens) {
        return new KvFeedOptions(endpoint, replayEndpoint, "", OptionalInt.empty(), blockTokens, MAX_BLOCKS, PATIENCE);
    }

    /** The feed of a data-parallel rank: both ports are those of rank 0 plus the rank. */
    public KvFeedOptions ofRank(int of) {
        return new KvFeedOptions(
                onPort(endpoint, of),
                replayEndpoint == null ? null : onPort(replayEndpoint, of),
                topic,
                OptionalInt.of(of),
                blockTokens,
                maxBlocks,
                patience);
    }

    public KvFeedOptions withPatience(Duration silence) {
        return new KvFeedOptions(endpoint, replayEndpoint, topic, rank, blockTokens, maxBlocks, silence);
    }

    private static String onPort(String endpoint, int rank) {
        int colon = endpoint.lastIndexOf(':');
        try {
            return endpoint.substring(0, colon + 1) + (Integer.parseInt(endpoint.substring(colon + 1)) + rank);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("no port in " + endpoint, e);
        }
    }
}
