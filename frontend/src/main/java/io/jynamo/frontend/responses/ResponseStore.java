package io.jynamo.frontend.responses;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The responses that are kept, in memory and within bounds of bytes, count and time. Who was not used for longest leaves first;
 * to go on from a response uses all that it went on from. One owner never meets another's. Thread-safe.
 */
public final class ResponseStore {
    private record Key(String owner, String id) {}

    private static final class Entry {
        private final StoredResponse response;
        private long usedNanos;

        Entry(StoredResponse response, long nowNanos) {
            this.response = response;
            this.usedNanos = nowNanos;
        }
    }

    private final ResponseLimits limits;
    private final LongSupplier nanos;
    /** In the order of use, which is that of leaving. */
    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    /** @param nanos a clock that only rises */
    public ResponseStore(ResponseLimits limits, LongSupplier nanos) {
        this.limits = limits;
        this.nanos = nanos;
    }

    public ResponseLimits limits() {
        return limits;
    }

    /** Responses that are kept. */
    public synchronized int count() {
        expire();
        return entries.size();
    }

    /** Bytes that they take. */
    public synchronized long bytes() {
        expire();
        return bytes;
    }

    /** Whether a response would ever be kept. */
    public boolean fits(StoredResponse response) {
        return limits.isOn() && response.size() <= limits.bytes();
    }

    /** Keeps a response for which there is room, at the cost of others. */
    public synchronized void keep(StoredResponse response) {
        expire();
        if (!fits(response)) {
            return;
        }
        remove(response.owner(), response.id());
        entries.put(new Key(response.owner(), response.id()), new Entry(response, nanos.getAsLong()));
        bytes += response.size();
        Iterator<Entry> oldest = entries.values().iterator();
        while (bytes > limits.bytes() || entries.size() > limits.count()) {
            drop(oldest);
        }
    }

    /** A response, or null where none of its owner is kept by this id. */
    public synchronized @Nullable StoredResponse find(String owner, String id) {
        expire();
        return use(new Key(owner, id));
    }

    /** Forgets a response, and says whether there was one. */
    public synchronized boolean remove(String owner, String id) {
        expire();
        Entry gone = entries.remove(new Key(owner, id));
        bytes -= gone == null ? 0 : gone.response.size();
        return gone != null;
    }

    /** A response and those that it went on from, the oldest first; the last of those that are not kept is null. */
    synchronized List<@Nullable StoredResponse> chain(String owner, String id) {
        expire();
        List<@Nullable StoredResponse> chain = new ArrayList<>();
        String next = id;
        while (next != null) {
            StoredResponse one = use(new Key(owner, next));
            chain.addFirst(one);
            next = one == null ? null : one.previous();
        }
        return chain;
    }

    private @Nullable StoredResponse use(Key key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        entry.usedNanos = nanos.getAsLong();
        return entry.response;
    }

    private void expire() {
        long now = nanos.getAsLong();
        long most = limits.window().toNanos();
        Iterator<Entry> oldest = entries.values().iterator();
        while (oldest.hasNext()) {
            Entry entry = oldest.next();
            if (now - entry.usedNanos <= most) {
                return;
            }
            bytes -= entry.response.size();
            oldest.remove();
        }
    }

    private void drop(Iterator<Entry> oldest) {
        bytes -= oldest.next().response.size();
        oldest.remove();
    }
}
