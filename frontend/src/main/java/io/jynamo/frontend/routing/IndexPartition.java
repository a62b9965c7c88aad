package io.jynamo.frontend.routing;

import io.jynamo.router.KvFeed;
import io.jynamo.router.Resubscriber;
import io.jynamo.router.index.ChainIndex;
import io.jynamo.router.index.PrefixHits;
import java.util.BitSet;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The index of one model and routing group, and who feeds it. Questions are answered side by side; joining and leaving
 * are seen by them as a whole.
 */
final class IndexPartition {
    private final PartitionKey key;
    private final int blockTokens;
    private final ChainIndex index;
    private final Resubscriber resubscriber;
    private final ReentrantReadWriteLock membership = new ReentrantReadWriteLock();
    private final NavigableMap<Rank, Listener> listeners = new TreeMap<>();
    private final BitSet owners = new BitSet();

    /**
     * A partition without listeners.
     *
     * @param indexBytes memory of its index at most
     */
    IndexPartition(PartitionKey key, int blockTokens, long indexBytes, Resubscriber resubscriber) {
        this.key = key;
        this.blockTokens = blockTokens;
        this.index = new ChainIndex(indexBytes);
        this.resubscriber = resubscriber;
    }

    /** One rank that is heard. */
    record Listener(KvSource.Address address, KvSource source, KvFeed feed) {
        String status() {
            return source.failure() == null ? "active" : "failed";
        }
    }

    PartitionKey key() {
        return key;
    }

    int blockTokens() {
        return blockTokens;
    }

    boolean has(Rank rank) {
        membership.readLock().lock();
        try {
            return listeners.containsKey(rank);
        } finally {
            membership.readLock().unlock();
        }
    }

    /** Begins to hear a rank that is not heard yet. */
    void join(Rank rank, KvSource.Address address, KvSource source, EventCounts counts) {
        RankWorker worker = new RankWorker(rank, key, blockTokens, source, counts::on);
        KvFeed feed;
        membership.writeLock().lock();
        try {
            int owner = owners.nextClearBit(0);
            owners.set(owner);
            feed = new KvFeed(worker, owner, index, resubscriber::add);
            listeners.put(rank, new Listener(address, source, feed));
        } finally {
            membership.writeLock().unlock();
        }
        feed.subscribe();
    }

    /** Hears a rank no longer and forgets what it had; false where it is not heard. */
    boolean leave(Rank rank) {
        @Nullable Listener leaving;
        membership.writeLock().lock();
        try {
            leaving = listeners.remove(rank);
        } finally {
            membership.writeLock().unlock();
        }
        if (leaving == null) {
            return false;
        }
        leaving.feed().close();
        leaving.source().close();
        membership.writeLock().lock();
        try {
            owners.clear(leaving.feed().owner()); // a number is given anew only when nothing of it is left
        } finally {
            membership.writeLock().unlock();
        }
        return true;
    }

    /** Who is heard now. */
    NavigableMap<Rank, Listener> listeners() {
        membership.readLock().lock();
        try {
            return new TreeMap<>(listeners);
        } finally {
            membership.readLock().unlock();
        }
    }

    boolean isEmpty() {
        membership.readLock().lock();
        try {
            return listeners.isEmpty();
        } finally {
            membership.readLock().unlock();
        }
    }

    /** What each rank holds of a prompt; none of those that hold nothing. */
    NavigableMap<Rank, TierDepths> find(long[] localHashes) {
        PrefixHits hits = new PrefixHits();
        NavigableMap<Rank, TierDepths> found = new TreeMap<>();
        membership.readLock().lock();
        try {
            index.find(localHashes, hits);
            listeners.forEach((rank, listener) -> {
                TierDepths depths = TierDepths.of(hits, listener.feed().owner());
                if (!depths.isEmpty()) {
                    found.put(rank, depths);
                }
            });
        } finally {
            membership.readLock().unlock();
        }
        return found;
    }

    /** Leaves everybody. */
    void close() {
        listeners().keySet().forEach(this::leave);
    }
}
