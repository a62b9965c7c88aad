package io.jynamo.frontend.routing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A map of so many entries and bytes at most, whose entries end when nothing was heard of them for a time. Any thread.
 */
final class ExpiringMap<V> {
    private final long ttlNanos;
    private final Bounds bounds;
    private final ToLongFunction<V> weight;
    private final LongSupplier nanoTime;
    /** Oldest news first. */
    private final LinkedHashMap<String, Entry<V>> entries = new LinkedHashMap<>();

    private long bytes;

    /** How much a map may hold. */
    record Bounds(int entries, long bytes) {}

    private record Entry<V>(V value, long bytes, long newsNanos) {}

    /**
     * An empty map.
     *
     * @param weight bytes of a value, roughly
     */
    ExpiringMap(Duration ttl, Bounds bounds, ToLongFunction<V> weight, LongSupplier nanoTime) {
        this.ttlNanos = ttl.toNanos();
        this.bounds = bounds;
        this.weight = weight;
        this.nanoTime = nanoTime;
    }

    /** What became of an entry that was to be added. */
    enum Added {
        ADDED,
        TAKEN,
        FULL
    }

    /** Adds an entry, unless its key is taken or there is no room. */
    synchronized Added add(String key, V value) {
        if (entries.containsKey(key)) {
            return Added.TAKEN;
        }
        long size = weight.applyAsLong(value);
        if (entries.size() >= bounds.entries() || bytes + size > bounds.bytes()) {
            return Added.FULL;
        }
        enter(key, value, size);
        return Added.ADDED;
    }

    /** Puts an entry in place of what has its key, and of the oldest others where there is no room. */
    synchronized void put(String key, V value) {
        remove(key);
        long size = weight.applyAsLong(value);
        if (size > bounds.bytes()) {
            return;
        }
        Iterator<Entry<V>> oldest = entries.values().iterator();
        while (oldest.hasNext() && (entries.size() >= bounds.entries() || bytes + size > bounds.bytes())) {
            bytes -= oldest.next().bytes();
            oldest.remove();
        }
        enter(key, value, size);
    }

    /** Puts a value in the place of one that is there; false where none is. */
    synchronized boolean replace(String key, V value) {
        if (remove(key) == null) {
            return false;
        }
        enter(key, value, weight.applyAsLong(value));
        return true;
    }

    /** The value, whose time is not over; null where there is none. */
    synchronized @Nullable V find(String key) {
        Entry<V> entry = entries.get(key);
        return entry == null || nanoTime.getAsLong() - entry.newsNanos() >= ttlNanos ? null : entry.value();
    }

    /** The value, of which there is news now; null where there is none. */
    synchronized @Nullable V touch(String key) {
        Entry<V> entry = entries.remove(key);
        if (entry == null) {
            return null;
        }
        entries.put(key, new Entry<>(entry.value(), entry.bytes(), nanoTime.getAsLong()));
        return entry.value();
    }

    /** Takes an entry out; null where there is none, or where its time is over. */
    synchronized @Nullable V remove(String key) {
        Entry<V> entry = entries.remove(key);
        if (entry == null) {
            return null;
        }
        bytes -= entry.bytes();
        return entry.value();
    }

    /** As {@link #remove}, of an entry that passes. */
    synchronized @Nullable V removeIf(String key, Predicate<V> wanted) {
        V value = find(key);
        return value == null || !wanted.test(value) ? null : remove(key);
    }

    /** Takes out every entry that passes, with its key. */
    synchronized List<Map.Entry<String, V>> removeAll(Predicate<V> wanted) {
        List<Map.Entry<String, V>> removed = new ArrayList<>();
        entries.entrySet().removeIf(each -> {
            boolean leaves = wanted.test(each.getValue().value());
            if (leaves) {
                removed.add(Map.entry(each.getKey(), each.getValue().value()));
                bytes -= each.getValue().bytes();
            }
            return leaves;
        });
        return removed;
    }

    /** Takes out what nothing was heard of for too long. */
    synchronized List<V> sweep() {
        List<V> over = new ArrayList<>();
        long now = nanoTime.getAsLong();
        Iterator<Entry<V>> oldest = entries.values().iterator();
        while (oldest.hasNext()) {
            Entry<V> entry = oldest.next();
            if (now - entry.newsNanos() < ttlNanos) {
                break;
            }
            oldest.remove();
            bytes -= entry.bytes();
            over.add(entry.value());
        }
        return over;
    }

    synchronized int count() {
        return entries.size();
    }

    private void enter(String key, V value, long size) {
        entries.put(key, new Entry<>(value, size, nanoTime.getAsLong()));
        bytes += size;
    }
}
