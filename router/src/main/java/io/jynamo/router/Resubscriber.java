package io.jynamo.router;

import java.time.Duration;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/**
 * The thread that reads workers' KV events anew after a gap. It waits a little before each, so that a worker whose
 * events never fit costs a bounded share of it, and looks whether the snapshot came after a while.
 */
public final class Resubscriber implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final DelayQueue<Turn> turns = new DelayQueue<>();
    private final Thread thread = Thread.ofVirtual().name("router-resubscribe").start(this::run);

    /** A feed is in the queue at most once: it says it is stale once per subscription. */
    public void add(KvFeed feed) {
        turns.add(new Turn(feed, false, System.nanoTime() + PAUSE.toNanos()));
    }

    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                Turn turn = turns.take();
                KvFeed feed = turn.feed();
                if (turn.subscribed()) {
                    feed.settle();
                    continue;
                }
                try {
                    feed.subscribe();
                    turns.add(new Turn(feed, true, System.nanoTime() + PATIENCE.toNanos()));
                } catch (RuntimeException e) {
                    System.getLogger(Resubscriber.class.getName())
                            .log(
                                    System.Logger.Level.WARNING,
                                    "reading a worker's KV events anew failed; trying again",
                                    e);
                    add(feed);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param subscribed whether it is the second look */
    private record Turn(KvFeed feed, boolean subscribed, long dueNanos) implements Delayed {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(dueNanos, ((Turn) other).dueNanos);
        }
    }
}
