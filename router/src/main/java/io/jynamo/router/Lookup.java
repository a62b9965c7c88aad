package io.jynamo.router;

import io.jynamo.protocol.BlockHashBuffer;
import io.jynamo.router.index.PrefixHits;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A prompt's hashes and what the index has of them, in memory that the next prompt uses again. One thread at a time. */
final class Lookup {
    private static final int MOST_KEPT_BLOCKS = 1 << 15;

    private final BlockHashBuffer hashes = new BlockHashBuffer();
    private final PrefixHits hits = new PrefixHits();

    private Lookup() {}

    BlockHashBuffer hashes() {
        return hashes;
    }

    PrefixHits hits() {
        return hits;
    }

    /** Those that nobody uses at the moment, a few, so that decisions make no new ones. Any thread. */
    static final class Spares {
        private static final Lookup NONE = new Lookup();
        private static final int SPARES = 16;

        private final AtomicReferenceArray<Lookup> spares = new AtomicReferenceArray<>(SPARES);

        Spares() {
            for (int i = 0; i < SPARES; i++) {
                spares.set(i, NONE);
            }
        }

        /** Its thread's, or any that is there, as other threads may be at work too. */
        Lookup take() {
            int first = slot();
            for (int i = 0; i < SPARES; i++) {
                int at = (first + i) % SPARES;
                if (spares.getOpaque(at) != NONE) {
                    Lookup spare = spares.getAndSet(at, NONE);
                    if (spare != NONE) {
                        return spare;
                    }
                }
            }
            return new Lookup();
        }

        /** One of a huge prompt is not kept. */
        void give(Lookup used) {
            if (used.hashes().capacity() > MOST_KEPT_BLOCKS) {
                return;
            }
            int first = slot();
            for (int i = 0; i < SPARES; i++) {
                if (spares.compareAndSet((first + i) % SPARES, NONE, used)) {
                    return;
                }
            }
        }

        private static int slot() {
            return (int) (Thread.currentThread().threadId() % SPARES);
        }
    }
}
