package io.jynamo.frontend.fleet;

import io.jynamo.frontend.http.Exchange;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the fleet every second, and four times a second while somebody watches; tells the watchers what changed, and
 * each second how it is.
 */
final class FleetBroadcast implements AutoCloseable {
    /** Watchers at one time. */
    static final int MOST_WATCHERS = 64;

    private static final System.Logger LOG = System.getLogger(FleetBroadcast.class.getName());
    private static final long UNWATCHED_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long WATCHED_NANOS = Duration.ofMillis(250).toNanos();
    private static final long MOST_SILENCE_NANOS = Duration.ofMillis(990).toNanos();

    private final FleetBoard board;
    private final Set<FleetWatcher> watchers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private final ReentrantLock pausing = new ReentrantLock();
    private final Condition joined = pausing.newCondition();
    private final Thread thread;
    private volatile boolean closed;
    private long lastChanges;
    private long lastTellNanos;

    FleetBroadcast(FleetBoard board) {
        this.board = board;
        this.thread = Thread.ofVirtual().name("fleet-broadcast").start(this::run);
    }

    /** Watchers there are. */
    int watchers() {
        return count.get();
    }

    /**
     * Begins to watch; false where there are as many watchers as there may be, or none are taken any more.
     *
     * @param exchange on its event loop from here on
     */
    boolean tryWatch(Exchange exchange) {
        if (count.incrementAndGet() > MOST_WATCHERS || closed) {
            count.decrementAndGet();
            return false;
        }
        FleetSnapshot first = board.look();
        byte[] whole = FleetJson.whole(first);
        long sequence = first.events().isEmpty() ? 0 : first.events().getLast().sequence();
        exchange.loop().execute(() -> {
            Seat seat = new Seat();
            FleetWatcher watcher = new FleetWatcher(exchange, seat::leave);
            seat.watcher = watcher;
            if (!exchange.isOpen()) {
                seat.leave();
                return;
            }
            exchange.listen(watcher);
            watcher.begin(whole, sequence);
            watchers.add(watcher);
            if (closed) {
                watcher.end();
            }
        });
        wake();
        return true;
    }

    /** One of the places there are for watchers; given back once. */
    private final class Seat {
        private @Nullable FleetWatcher watcher;
        private boolean left;

        synchronized void leave() {
            if (!left) {
                left = true;
                if (watcher != null) {
                    watchers.remove(watcher);
                }
                count.decrementAndGet();
            }
        }
    }

    private void wake() {
        pausing.lock();
        try {
            joined.signalAll();
        } finally {
            pausing.unlock();
        }
    }

    private void run() {
        try {
            while (!closed) {
                pause();
                tell();
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void pause() throws InterruptedException {
        pausing.lock();
        try {
            boolean watched = count.get() > 0;
            long left = watched ? WATCHED_NANOS : UNWATCHED_NANOS;
            while (left > 0 && watched == count.get() > 0) {
                left = joined.awaitNanos(left);
            }
        } finally {
            pausing.unlock();
        }
    }

    private void tell() {
        try {
            FleetSnapshot now = board.look();
            boolean due = now.nowNanos() - lastTellNanos >= MOST_SILENCE_NANOS;
            if (watchers.isEmpty() || (!due && now.changes() == lastChanges)) {
                return;
            }
            lastChanges = now.changes();
            lastTellNanos = now.nowNanos();
            var frame = new FleetWatcher.Frame(FleetJson.present(now), now.events());
            watchers.forEach(watcher -> watcher.offer(frame));
        } catch (RuntimeException defect) {
            LOG.log(System.Logger.Level.ERROR, "the fleet could not be looked at", defect);
        }
    }

    /** Ends what watchers are sent, and takes no more. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        watchers.forEach(FleetWatcher::end);
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException hurry) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
