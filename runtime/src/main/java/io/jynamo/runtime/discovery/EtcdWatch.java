package io.jynamo.runtime.discovery;

import io.etcd.jetcd.Watch;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The thread behind a watch of etcd: reads everything, follows what happens from the next revision on, and begins anew
 * when that breaks, whatever it broke by. Its feed tells only what is different. It begins anew now and then without a
 * break too, so that one that nobody noticed does not last.
 */
final class EtcdWatch {
    private static final System.Logger LOG = System.getLogger(EtcdWatch.class.getName());
    private static final Duration ANEW = Duration.ofMinutes(1);
    private static final Duration CLOSING = Duration.ofSeconds(2);

    private final EtcdConnection connection;
    private final Feed feed;
    private final Thread thread;
    private final Backoff backoff =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(3), RandomGenerator.getDefault());
    private volatile @Nullable EtcdEvents events;
    private volatile boolean closed;

    EtcdWatch(EtcdConnection connection, Feed feed) {
        this.connection = connection;
        this.feed = feed;
        thread = Thread.ofVirtual()
                .name("discovery-etcd-watch-" + feed.prefix().path())
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Somebody found that etcd does not answer, which an idle watch may be long in noticing. */
    void suspect() {
        EtcdEvents now = events;
        if (now != null) {
            now.breakOff();
        }
    }

    private void run() {
        while (!closed) {
            try {
                EtcdConnection.Snapshot all = connection.read(feed.prefix());
                feed.replace(all.entries());
                feed.store(new StoreState.Reachable());
                follow(all.revision() + 1);
            } catch (StoreFailure e) {
                if (!closed) {
                    feed.store(new StoreState.Unreachable(e.reason()));
                }
            } catch (InterruptedException e) {
                return; // by close() alone
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a watch of etcd begins anew", e);
            }
            if (!closed) {
                LockSupport.parkNanos(backoff.next().toNanos());
            }
        }
    }

    private void follow(long revision) throws InterruptedException {
        var now = new EtcdEvents();
        events = now;
        long until = System.nanoTime() + ANEW.toNanos();
        Watch.Watcher watcher = connection.follow(feed.prefix(), revision, now);
        try {
            while (!closed) {
                Optional<WatchResponse> response = now.next(Duration.ofNanos(until - System.nanoTime()));
                if (response.isEmpty()) {
                    if (System.nanoTime() - until >= 0) {
                        backoff.reset();
                    }
                    return;
                }
                backoff.reset();
                response.get().getEvents().forEach(this::tell);
            }
        } finally {
            watcher.close();
        }
    }

    private void tell(WatchEvent event) {
        switch (event.getEventType()) {
            case PUT -> connection.entry(event.getKeyValue()).ifPresent(feed::put);
            case DELETE -> feed.gone(connection.key(event.getKeyValue().getKey()));
            case UNRECOGNIZED -> LOG.log(System.Logger.Level.DEBUG, "etcd tells of an event of an unknown kind");
        }
    }

    void close() {
        closed = true;
        thread.interrupt();
        if (Thread.currentThread().equals(thread) || thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            thread.join(CLOSING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
