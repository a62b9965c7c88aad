package io.jynamo.frontend.routing;

import io.jynamo.protocol.KvEvent;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The KV events of one rank of an engine, as whoever wires the service hears them. */
public interface KvSource extends AutoCloseable {
    /** Tells a listener what {@link io.jynamo.protocol.Worker#subscribe} says. */
    AutoCloseable subscribe(Consumer<KvEvent> listener);

    /** What the engine holds, as far as it is known: parents first, in each tier. */
    List<KvEvent.Stored> held();

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
