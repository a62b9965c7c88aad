package io.jynamo.runtime.discovery;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Discovery through the files of a folder that the processes share, on one host or over a network.
 *
 * <p>How it works. Each entry is a file ({@link FileRecord}), written aside and renamed into its place, so that nobody
 * reads half of one. Its owner sets its time of change three times in a lease. Readers follow the folder and take an entry
 * for gone when its file is, when its time has not changed for a lease, or at once when its owner was a process of their
 * own host that has died; they then remove the file. A folder that cannot be read changes nothing, and one that was taken
 * away and is back leaves owners a lease's time to put their entries back.
 */
public final class FileDiscovery implements Discovery {
    public static final Duration TTL = Duration.ofSeconds(10);
    static final Duration SHORTEST_TTL = Duration.ofSeconds(1);
    static final Duration LONGEST_TTL = Duration.ofMinutes(10);

    private final FolderOwner owner;
    private final FolderReader reader;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean reading = new AtomicBoolean();
    private final Set<Feed> feeds = ConcurrentHashMap.newKeySet();

    /**
     * @param root the folder, made where it is not there
     * @param ttl how long an entry outlives its process where nothing else says that it died, 1 second to 10 minutes; the
     *     same for all who share the folder
     */
    public FileDiscovery(Path root, Duration ttl) {
        this(root, ttl, ProcessTable.ofThisHost());
    }

    FileDiscovery(Path root, Duration ttl, ProcessTable processes) {
        if (ttl.compareTo(SHORTEST_TTL) < 0 || ttl.compareTo(LONGEST_TTL) > 0) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "A lease in a folder lasts 1 second to 10 minutes, not " + ttl.toMillis() + " ms.");
        }
        owner = new FolderOwner(root, ttl, processes.self());
        reader = new FolderReader(root, ttl, processes);
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
        feeds.add(feed);
        reader.add(feed);
        if (reading.compareAndSet(false, true)) {
            reader.start();
        }
        feed.start();
        if (closed.get()) { // meanwhile, perhaps without this one
            feed.close();
            throw Refusals.closed();
        }
        return feed;
    }

    private void forget(Feed feed) {
        feeds.remove(feed);
        reader.remove(feed);
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        owner.close();
        reader.close();
        List.copyOf(feeds).forEach(Feed::close);
    }
}
