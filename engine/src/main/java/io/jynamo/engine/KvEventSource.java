package io.jynamo.engine;

import io.jynamo.protocol.KvEvent;
import java.util.function.Consumer;

/** Where the KV events of an engine in another process come from; they reach us by another way than its answers. */
@FunctionalInterface
public interface KvEventSource {
    /** An engine that tells none: no event is ever told, not even an empty snapshot. */
    KvEventSource NONE = listener -> () -> {};

    /** Tells {@code listener} as {@link io.jynamo.protocol.Worker#subscribe} promises, until it is closed. */
    AutoCloseable subscribe(Consumer<KvEvent> listener);
}
