package io.jynamo.conformance;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Clients that ask one stream after the other until they are told to stop. */
final class ClosedLoop implements AutoCloseable {
    private static final Duration LAST_STREAM = StreamClient.DEADLINE.plusSeconds(30);
    private static final Duration STANDSTILL = Duration.ofSeconds(60);
    private static final long AFTER_REFUSAL_NANOS = Duration.ofMillis(100).toNanos();

    private final Supplier<URI> door;
    private final List<Thread> clients = new ArrayList<>();
    private final ConcurrentLinkedQueue<ObservedStream> streams = new ConcurrentLinkedQueue<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile boolean stopping;

    /** @param door whom to ask now */
    ClosedLoop(int count, Supplier<URI> door) {
        this.door = door;
        for (int i = 0; i < count; i++) {
            clients.add(Thread.ofVirtual().name("client-" + i).start(this::ask));
        }
    }

    private void ask() {
        try (var client = new StreamClient()) {
            while (!stopping) {
                ObservedStream stream = client.ask(door.get(), next.getAndIncrement());
                streams.add(stream);
                if (stream.ending() == ObservedStream.Ending.REFUSED) {
                    LockSupport.parkNanos(AFTER_REFUSAL_NANOS);
                } else {
                    ended.incrementAndGet();
                }
            }
        }
    }

    /** Streams that have ended; what was refused was none. */
    int ended() {
        return ended.get();
    }

    /** Waits until so many more streams have ended than now. */
    void awaitMore(int count) {
        int wanted = ended.get() + count;
        int seen = -1;
        long lastChange = System.nanoTime();
        while (ended.get() < wanted) {
            int now = ended.get();
            if (now != seen) {
                seen = now;
                lastChange = System.nanoTime();
            } else if (System.nanoTime() - lastChange > STANDSTILL.toNanos()) {
                throw new AssertionError("no stream ended within " + STANDSTILL);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Waits until so much time has passed, the streams going on meanwhile. */
    void awaitTime(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            awaitMore(1);
        }
    }

    /** Lets each client end its stream, and returns all streams there were. */
    List<ObservedStream> stop() {
        return stop(LAST_STREAM);
    }

    /** @param longest a stream may take from now on */
    List<ObservedStream> stop(Duration longest) {
        stopping = true;
        long end = System.nanoTime() + longest.toNanos();
        for (Thread client : clients) {
            try {
                client.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
        long hanging = clients.stream().filter(Thread::isAlive).count();
        if (hanging > 0) {
            throw new AssertionError(hanging + " of " + clients.size() + " streams hang after " + longest);
        }
        return List.copyOf(streams);
    }

    @Override
    public void close() {
        stopping = true;
    }
}
