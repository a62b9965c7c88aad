package io.jynamo.runtime.discovery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A watch's mailbox and the thread that tells its listener. A store says what it hears; what is different from what it
 * said before waits here. Where too much waits it is dropped, and the listener is told the difference between what it
 * was told and what there is.
 */
final class Feed implements Watch {
    private static final System.Logger LOG = System.getLogger(Feed.class.getName());
    static final int MAX_WAITING = 8_192;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final KeyPrefix prefix;
    private final WatchListener listener;
    private final Consumer<Feed> onClose;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Roster heard = new Roster();
    private final ArrayDeque<Change> waiting = new ArrayDeque<>();
    private @Nullable StoreState state;
    private boolean lagging;
    private volatile boolean closed;

    /** The thread's own. */
    private final Roster told = new Roster();

    private @Nullable StoreState toldState;

    Feed(KeyPrefix prefix, WatchListener listener, Consumer<Feed> onClose) {
        this.prefix = prefix;
        this.listener = listener;
        this.onClose = onClose;
        thread = Thread.ofVirtual().name("discovery-watch-" + prefix.path()).unstarted(this::tell);
    }

    Feed start() {
        thread.start();
        return this;
    }

    KeyPrefix prefix() {
        return prefix;
    }

    void put(Entry entry) {
        if (prefix.matches(entry.key())) {
            hear(() -> heard.put(entry));
        }
    }

    void gone(String key) {
        hear(() -> heard.gone(key));
    }

    /** What the store has, all of it; keys outside the prefix may be there. */
    void replace(Collection<Entry> all) {
        Map<String, Entry> below = new LinkedHashMap<>();
        all.stream().filter(entry -> prefix.matches(entry.key())).forEach(entry -> below.put(entry.key(), entry));
        hear(() -> heard.replace(below));
    }

    void store(StoreState now) {
        hear(() -> {
            if (now.equals(state)) {
                return List.of();
            }
            state = now;
            return List.of(new Change.Store(now));
        });
    }

    private interface News {
        List<Change> changes();
    }

    private void hear(News heardNow) {
        lock.lock();
        try {
            List<Change> changes = heardNow.changes();
            if (closed || changes.isEmpty()) {
                return;
            }
            if (lagging || waiting.size() + changes.size() > MAX_WAITING) {
                lagging = true;
                waiting.clear();
            } else {
                waiting.addAll(changes);
            }
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        try {
            while (!closed) {
                for (Change change : next()) {
                    if (closed) {
                        return;
                    }
                    tell(change);
                }
            }
        } catch (InterruptedException e) {
            // Only close() interrupts.
        }
    }

    private List<Change> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !lagging && !closed) {
                news.await();
            }
            if (!lagging) {
                List<Change> batch = List.copyOf(waiting);
                waiting.clear();
                return batch;
            }
            lagging = false;
            List<Change> difference = new ArrayList<>(copyOfTold().replace(heard.entries()));
            if (state != null && !state.equals(toldState)) {
                difference.add(new Change.Store(state));
            }
            return difference;
        } finally {
            lock.unlock();
        }
    }

    /** The difference is told change by change, and {@link #told} follows it so. */
    private Roster copyOfTold() {
        Roster copy = new Roster();
        copy.replace(told.entries());
        return copy;
    }

    private void tell(Change change) {
        try {
            switch (change) {
                case Change.Put(Entry entry) -> {
                    told.put(entry);
                    listener.onPut(entry);
                }
                case Change.Gone(String key) -> {
                    told.gone(key);
                    listener.onGone(key);
                }
                case Change.Store(StoreState now) -> {
                    log(now, toldState instanceof StoreState.Unreachable);
                    toldState = now;
                    listener.onStore(now);
                }
            }
        } catch (Throwable thrown) { // whatever a listener throws, the watch goes on
            LOG.log(System.Logger.Level.WARNING, "A listener of \"" + prefix.path() + "\" failed on " + change, thrown);
        }
    }

    private void log(StoreState now, boolean wasUnreachable) {
        switch (now) {
            case StoreState.Reachable() -> {
                System.Logger.Level level = wasUnreachable ? System.Logger.Level.INFO : System.Logger.Level.DEBUG;
                LOG.log(level, "the watch of \"{0}\" is up to date", prefix.path());
            }
            case StoreState.Unreachable(String reason) ->
                LOG.log(
                        wasUnreachable ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        "the watch of \"{0}\" goes on with what it knows: {1}",
                        prefix.path(),
                        reason);
        }
    }

    @Override
    public void close() {
        closed = true;
        onClose.accept(this);
        lock.lock();
        try {
            news.signal();
        } finally {
            lock.unlock();
        }
        if (!Thread.currentThread().equals(thread)) {
            await();
        }
    }

    private void await() {
        try {
            if (!thread.join(PATIENCE)) {
                thread.interrupt();
                if (!thread.join(PATIENCE)) {
                    LOG.log(System.Logger.Level.WARNING, "a listener of \"{0}\" does not return", prefix.path());
                }
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
