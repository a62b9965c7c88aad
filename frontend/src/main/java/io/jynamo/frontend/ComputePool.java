package io.jynamo.frontend;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The bounded threads that parse, render and tokenize; a full queue rejects. */
public final class ComputePool implements Executor, AutoCloseable {
    private final ThreadPoolExecutor threads;

    /**
     * A pool of threads that begin when they are needed.
     *
     * @param size threads
     * @param queue tasks that may wait
     */
    public ComputePool(int size, int queue) {
        threads = new ThreadPoolExecutor(
                size,
                size,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(queue),
                Thread.ofPlatform().daemon().name("jynamo-compute-", 0).factory());
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
