package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.KvEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Tells KV events to listeners, each on a thread of its own behind a bounded queue, so that none waits for another. One
 * that is too slow loses events and sees it by their ids.
 */
final class KvFanOut implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(KvFanOut.class.getName());
    private static final int QUEUED_EVENTS = 16_384;
    private static final Duration LAST_WORD = Duration.ofSeconds(5);

    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final AtomicLong lost = new AtomicLong();

    /** Begins to tell a listener: first the snapshot, then every event of {@link #tell} from now on. */
    AutoCloseable add(Consumer<KvEvent> listener, List<KvEvent> snapshot) {
        Subscription subscription = new Subscription(listener, snapshot);
        subscriptions.add(subscription);
        subscription.thread.start();
        return subscription;
    }

    /** Never waits. */
    void tell(List<KvEvent> events) {
        for (Subscription subscription : subscriptions) {
            for (KvEvent event : events) {
                if (!subscription.queue.offer(event)) {
                    lost.incrementAndGet();
                }
            }
        }
    }

    /** Events that listeners were too slow for. */
    long lost() {
        return lost.get();
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
    }

    private final class Subscription implements AutoCloseable {
        private final Consumer<KvEvent> listener;
        private final BlockingQueue<KvEvent> queue = new LinkedBlockingQueue<>(QUEUED_EVENTS);
        private final Thread thread;

        Subscription(Consumer<KvEvent> listener, List<KvEvent> snapshot) {
            this.listener = listener;
            this.thread = Thread.ofVirtual().name("kv-events-listener").unstarted(() -> run(snapshot));
        }

        private void run(List<KvEvent> snapshot) {
            try {
                snapshot.forEach(listener);
                while (!Thread.currentThread().isInterrupted()) {
                    listener.accept(queue.take());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a KV event listener failed and is told no more", e);
            } finally {
                subscriptions.remove(this);
            }
        }

        /** Ends it; unless the listener itself calls, nothing is told any more when this returns. */
        @Override
        public void close() {
            subscriptions.remove(this);
            thread.interrupt();
            if (thread.equals(Thread.currentThread())) {
                return;
            }
            try {
                thread.join(LAST_WORD);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
