package io.jynamo.engine.kvfeed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of reading one message of an engine. */
public sealed interface Decoding {
    /**
     * The events of one engine step.
     *
     * @param rank the data-parallel rank that says it, or null where it says none
     */
    record Batch(List<EngineKvEvent> events, @Nullable Integer rank) implements Decoding {
        public Batch {
            events = List.copyOf(events);
        }
    }

    /** Not such a message; the reason says at which byte. */
    record Malformed(String reason) implements Decoding {}
}
