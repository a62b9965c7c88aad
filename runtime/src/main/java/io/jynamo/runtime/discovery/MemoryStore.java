package io.jynamo.runtime.discovery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The announcements of one Java process, which every {@link MemoryDiscovery} over it shares. */
public final class MemoryStore {
    private static final MemoryStore OF_THIS_PROCESS = new MemoryStore();

    private record Held(Entry entry, MemoryDiscovery owner) {}

    private final Map<String, Held> entries = new LinkedHashMap<>();
    private final List<Feed> feeds = new ArrayList<>();

    /** The one that {@code memory} as a spec means. */
    public static MemoryStore ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    synchronized void put(Entry entry, MemoryDiscovery owner) {
        entries.put(entry.key(), new Held(entry, owner));
        feeds.forEach(feed -> feed.put(entry));
    }

    synchronized void update(Entry entry, MemoryDiscovery owner) {
        if (holds(owner, entry.key())) {
            put(entry, owner);
        }
    }

    synchronized void withdraw(String key, MemoryDiscovery owner) {
        if (holds(owner, key)) {
            entries.remove(key);
            feeds.forEach(feed -> feed.gone(key));
        }
    }

    private boolean holds(MemoryDiscovery owner, String key) {
        Held held = entries.get(key);
        return held != null && held.owner == owner;
    }

    synchronized void add(Feed feed) {
        feeds.add(feed);
        feed.replace(entries.values().stream().map(Held::entry).toList());
        feed.store(new StoreState.Reachable());
    }

    synchronized void remove(Feed feed) {
        feeds.remove(feed);
    }
}
