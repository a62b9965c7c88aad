package io.jynamo.frontend.routing;

import io.jynamo.protocol.KvEvent;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The KV events of one rank of an engine, as whoever wires the service hears them. */
public interface KvSource extends AutoCloseable {
    /** Tells a listener what {@link io.jynamo.protocol.Worker#subscribe} says. */
    AutoCloseable subscribe(Consumer<KvEvent> listener);

    /** What the engine holds, as far as it is known. */
    Held held();

    /** Takes over what another process knew of the engine, parents first, unless something was heard already. */
    void inherit(List<Known> blocks);

    /** Why its events are of no use, or null where they are. */
    @Nullable
    String failure();

    /** Events of blocks that the engine stored though it had them. */
    long duplicates();

    /** Events of blocks whose parents are not known. */
    long orphans();

    /** Hears it no longer. */
    @Override
    void close();

    /**
     * What an engine holds.
     *
     * @param blocks parents first, in each tier
     * @param names the engine's, by sequence hash
     */
    record Held(List<KvEvent.Stored> blocks, Map<Long, Long> names) {}

    /**
     * A block that another process knew of.
     *
     * @param name the engine's
     * @param parent the engine's name of the block before it, or null at the root
     * @param local hash of its own tokens, adapter and salt
     */
    record Known(long name, @Nullable Long parent, long local, KvEvent.Tier tier) {}

    /**
     * Where a rank publishes.
     *
     * @param endpoint for example {@code tcp://10.0.0.1:5557}
     * @param replay where it says its last messages again, or null
     * @param blockTokens tokens per block
     */
    record Address(String endpoint, @Nullable String replay, int blockTokens) {}

    /** Begins to hear a rank; returns at once, whether it is there or not. */
    @FunctionalInterface
    interface Opener {
        KvSource open(Address address);
    }
}
