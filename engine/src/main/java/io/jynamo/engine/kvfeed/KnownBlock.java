package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.KvEvent.Tier;
import org.jspecify.annotations.Nullable;

/**
 * A block that another reader of an engine's events knew of.
 *
 * @param name the engine's
 * @param parent the engine's name of the block before it, or null at the root
 * @param local hash of its own tokens, adapter and salt
 */
public record KnownBlock(long name, @Nullable Long parent, long local, Tier tier) {}
