package io.jynamo.router;

import io.jynamo.router.index.PrefixHits;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Answers of look-ups that nobody uses at the moment, a few, so that decisions do not make new ones. Any thread. */
final class SpareHits {
    private static final PrefixHits NONE = new PrefixHits();
    private static final int SPARES = 16;

    private final AtomicReferenceArray<PrefixHits> spares = new AtomicReferenceArray<>(SPARES);

    SpareHits() {
        for (int i = 0; i < SPARES; i++) {
            spares.set(i, NONE);
        }
    }

    PrefixHits take() {
        PrefixHits spare = spares.getAndSet(slot(), NONE);
        return spare == NONE ? new PrefixHits() : spare;
    }

    void give(PrefixHits hits) {
        spares.setRelease(slot(), hits);
    }

    private static int slot() {
        return (int) Thread.currentThread().threadId() % SPARES;
    }
}
