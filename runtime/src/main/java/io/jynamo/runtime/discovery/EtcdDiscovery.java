package io.jynamo.runtime.discovery;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Discovery through etcd.
 *
 * <p>How it works. A process has one lease, kept alive three times in its time, and puts its entries under it. With each
 * heartbeat it compares what is under the lease with what it announces. A lease that is over, because etcd could not be
 * reached or because somebody revoked it, is replaced and everything announced under the new one. A watch reads
 * everything below its prefix and follows from the next revision on; when that breaks, be it by a lost connection, a
 * compaction or silence, it reads everything again and tells the difference. While etcd does not answer, what is known
 * stays known.
 */
public final class EtcdDiscovery implements Discovery {
    private final EtcdConnection connection;
    private final EtcdOwner owner;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Map<Feed, EtcdWatch> watches = new ConcurrentHashMap<>();

    /** Returns at once, whether etcd answers or not. */
    public EtcdDiscovery(EtcdOptions options) {
        connection = new EtcdConnection(options);
        owner = new EtcdOwner(connection, options, () -> watches.values().forEach(EtcdWatch::suspect));
    }

    @Override
    public Registration publish(Entry entry) {
        return owner.publish(entry);
    }

    @Override
    public Watch watch(String prefix, WatchListener listener) {
        if (closed.get()) {
            throw Refusals.closed();
        }
        Feed feed = new Feed(KeyPrefix.of(prefix), listener, this::forget);
        var watch = new EtcdWatch(connection, feed);
        watches.put(feed, watch);
        watch.start();
        feed.start();
        if (closed.get()) { // meanwhile, perhaps without this one
            feed.close();
            throw Refusals.closed();
        }
        return feed;
    }

    private void forget(Feed feed) {
        EtcdWatch watch = watches.remove(feed);
        if (watch != null) {
            watch.close();
        }
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        owner.close();
        List.copyOf(watches.keySet()).forEach(Feed::close);
        connection.close();
    }
}
