package io.jynamo.frontend.routing;

import io.jynamo.protocol.KvEvent;
import java.util.concurrent.atomic.LongAdder;

/** Events that were taken into an index, by their kind. Any thread. */
final class EventCounts {
    private final LongAdder stored = new LongAdder();
    private final LongAdder removed = new LongAdder();
    private final LongAdder cleared = new LongAdder();

    void on(KvEvent event) {
        switch (event) {
            case KvEvent.Stored some -> stored.increment();
            case KvEvent.Removed some -> removed.increment();
            case KvEvent.Cleared all -> cleared.increment();
            case KvEvent.Lost all -> cleared.increment();
            case KvEvent.Digest unchanged -> {}
        }
    }

    long stored() {
        return stored.sum();
    }

    long removed() {
        return removed.sum();
    }

    long cleared() {
        return cleared.sum();
    }
}
