package io.jynamo.frontend.generate;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The threads of requests that wait for a worker: a virtual one each, so that those who prepare requests never wait. As many
 * as requests run at most.
 */
public final class WaitingRoom implements AutoCloseable {
    private static final Duration LEAVING = Duration.ofSeconds(5);

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("jynamo-waiting-", 0).factory());

    /**
     * Does what may wait; cancelling the future interrupts it.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the room is closed
     */
    public Future<?> enter(Runnable work) {
        return threads.submit(work);
    }

    /** Interrupts whoever waits and sees them off. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(LEAVING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
