package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.SequenceHashes;
import io.jynamo.protocol.TokenIds;
import org.jspecify.annotations.Nullable;

/**
 * One KV event as an engine tells it. Its blocks have the engine's own names: 64 bits that mean nothing to anybody
 * else (of a longer hash the last eight bytes, as vLLM itself cuts them).
 */
public sealed interface EngineKvEvent {
    /**
     * Blocks became reusable, each the child of the one before it.
     *
     * @param blocks the engine's names
     * @param parent the engine's name of the block before the first, or null at the root
     * @param tokens what is in the blocks, one after the other, media marked by their names ({@code MediumName})
     * @param blockTokens tokens per block
     * @param scope adapter and salt, as far as this event says; a block's parent says the rest
     * @param plainBlocks how many of the first blocks are wholly described by tokens and scope; those after depend on
     *     content that no event carries
     */
    record Stored(
            SequenceHashes blocks,
            @Nullable Long parent,
            TokenIds tokens,
            int blockTokens,
            CacheScope scope,
            int plainBlocks,
            Place place)
            implements EngineKvEvent {}

    /** Blocks are gone from a place. */
    record Removed(SequenceHashes blocks, Place place) implements EngineKvEvent {}

    /** The engine's pool was emptied. */
    record Cleared() implements EngineKvEvent {}

    /** An event of a kind that is not known here; nothing of it is used. */
    record Unknown(String type) implements EngineKvEvent {}

    /**
     * Where blocks lie.
     *
     * @param medium as the engine calls it; empty where it says nothing
     * @param group KV cache group of a model that has several, or {@link #NO_GROUP}
     * @param attention kind of the group's layers; empty where it says nothing
     * @param local whether it is this engine's own memory
     */
    record Place(String medium, int group, String attention, boolean local) {
        public static final int NO_GROUP = -1;
    }
}
