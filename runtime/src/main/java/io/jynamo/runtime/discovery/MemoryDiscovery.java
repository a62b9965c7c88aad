package io.jynamo.runtime.discovery;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Discovery among the parts of one Java process. Several over one store are as several processes to each other. */
public final class MemoryDiscovery implements Discovery {
    private final MemoryStore store;
    private final Set<String> published = ConcurrentHashMap.newKeySet();
    private final Set<Feed> feeds = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public MemoryDiscovery(MemoryStore store) {
        this.store = store;
    }

    @Override
    public Registration publish(Entry entry) {
        requireOpen();
        if (!published.add(entry.key())) {
            throw Refusals.twice(entry.key());
        }
        store.put(entry, this);
        if (closed) { // while this was announced, perhaps unseen by close()
            store.withdraw(entry.key(), this);
            throw Refusals.closed();
        }
        return new Held(entry.key());
    }

    @Override
    public Watch watch(String prefix, WatchListener listener) {
        requireOpen();
        Feed feed = new Feed(KeyPrefix.of(prefix), listener, this::forget);
        feeds.add(feed);
        store.add(feed);
        feed.start();
        if (closed) { // meanwhile, perhaps without this one
            feed.close();
            throw Refusals.closed();
        }
        return feed;
    }

    private void requireOpen() {
        if (closed) {
            throw Refusals.closed();
        }
    }

    private void forget(Feed feed) {
        feeds.remove(feed);
        store.remove(feed);
    }

    @Override
    public void close() {
        closed = true;
        published.forEach(key -> store.withdraw(key, this));
        List.copyOf(feeds).forEach(Feed::close);
    }

    private final class Held implements Registration {
        private final String key;
        private boolean closed;

        Held(String key) {
            this.key = key;
        }

        @Override
        public synchronized void update(byte[] value) {
            if (!closed) {
                store.update(new Entry(key, value), MemoryDiscovery.this);
            }
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                store.withdraw(key, MemoryDiscovery.this);
                published.remove(key);
            }
        }
    }
}
