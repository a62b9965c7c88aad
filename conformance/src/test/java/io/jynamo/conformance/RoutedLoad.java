package io.jynamo.conformance;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Clients that ask the requests of a {@link PrefixLoad} one after the other until they are told to stop. */
final class RoutedLoad implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long AFTER_NONE_NANOS = Duration.ofMillis(50).toNanos();

    private final PrefixLoad load;
    private final Supplier<URI> door;
    private final List<Thread> clients = new ArrayList<>();
    private final List<RoutedAnswer> answers = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean stopping;

    /** @param door whom to ask now */
    RoutedLoad(PrefixLoad load, int count, Supplier<URI> door) {
        this.load = load;
        this.door = door;
        for (int i = 0; i < count; i++) {
            clients.add(Thread.ofVirtual().name("client-" + i).start(this::ask));
        }
    }

    private void ask() {
        while (!stopping) {
            RoutedAnswer answer = RoutedAnswer.ask(door.get(), load, load.node(next.getAndIncrement()));
            synchronized (answers) {
                answers.add(answer);
            }
            if (answer.ending() != RoutedAnswer.Ending.COMPLETE) {
                LockSupport.parkNanos(AFTER_NONE_NANOS);
            }
        }
    }

    /** Everything so far, in the order in which it ended. */
    List<RoutedAnswer> all() {
        synchronized (answers) {
            return List.copyOf(answers);
        }
    }

    /** Waits until so many more answers are complete, and returns all that ended meanwhile. */
    List<RoutedAnswer> more(int count) {
        int from = all().size();
        int seen = 0;
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            List<RoutedAnswer> now = all();
            List<RoutedAnswer> fresh = now.subList(from, now.size());
            int complete = HitRate.of(fresh).requests();
            if (complete >= count) {
                return fresh;
            }
            if (complete > seen) {
                seen = complete;
                end = System.nanoTime() + LIMIT.toNanos();
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("no answer within " + LIMIT + " after " + fresh);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Lets each client end its request. */
    void stop() {
        stopping = true;
        for (Thread client : clients) {
            try {
                if (!client.join(LIMIT)) {
                    throw new AssertionError("a client hangs after " + LIMIT);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }

    @Override
    public void close() {
        stop();
    }
}
