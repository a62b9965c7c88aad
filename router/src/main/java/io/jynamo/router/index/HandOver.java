package io.jynamo.router.index;

import io.jynamo.protocol.KvEvent;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Events of writers who found another one at work and left them to it: a bounded queue, for any number of threads that
 * offer and for one at a time, the holder of the writer's lock, that takes.
 */
final class HandOver {
    /** An event of one owner. */
    static final class Entry {
        private final int owner;
        private final KvEvent event;

        Entry(int owner, KvEvent event) {
            this.owner = owner;
            this.event = event;
        }

        int owner() {
            return owner;
        }

        KvEvent event() {
            return event;
        }
    }

    static final Entry NOTHING = new Entry(-1, new KvEvent.Lost(0));

    private final AtomicReferenceArray<Entry> entries;
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

    /** @param capacity a power of two */
    HandOver(int capacity) {
        entries = new AtomicReferenceArray<>(capacity);
        for (int i = 0; i < capacity; i++) {
            entries.set(i, NOTHING);
        }
    }

    /** Leaves an event, unless the queue is full. */
    boolean offer(int owner, KvEvent event) {
        Entry entry = new Entry(owner, event); // before it has a place: whoever takes it waits for what follows
        while (true) {
            long at = offered.get();
            if (at - taken.get() >= entries.length()) {
                return false;
            }
            if (offered.compareAndSet(at, at + 1)) {
                entries.setRelease(slot(at), entry);
                return true;
            }
        }
    }

    /** The oldest event, or {@link #NOTHING}: then whoever offers one that is not seen yet will look after it. */
    Entry poll() {
        long at = taken.get();
        Entry entry = entries.getAcquire(slot(at));
        if (entry != NOTHING) {
            entries.setRelease(slot(at), NOTHING);
            taken.set(at + 1);
        }
        return entry;
    }

    /**
     * Whether no event is on its way: one whose offerer has its place and has not put it there yet counts as on its way, since
     * later ones, of other owners too, stand behind it.
     */
    boolean isDrained() {
        return offered.get() == taken.get();
    }

    boolean isEmpty() {
        return entries.getAcquire(slot(taken.get())) == NOTHING;
    }

    private int slot(long at) {
        return (int) at & (entries.length() - 1);
    }
}
