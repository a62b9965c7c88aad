package io.jynamo.runtime.discovery;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The one thread that does a process's writing to a store, so that a heartbeat cannot bring back what an update
 * replaced or a withdrawal removed. Callers wait for their task, so that no more wait than there are callers.
 */
final class SerialLoop {
    private static final System.Logger LOG = System.getLogger(SerialLoop.class.getName());

    private final String store;
    private final ScheduledThreadPoolExecutor executor;

    SerialLoop(String name, String store) {
        this.store = store;
        executor =
                new ScheduledThreadPoolExecutor(1, Thread.ofVirtual().name(name).factory());
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs a task and returns what it returns or throws what it throws; DISCOVERY_UNREACHABLE if that takes too long. */
    <T> T call(Supplier<T> task, Duration bound) {
        Future<T> future;
        try {
            future = executor.submit(task::get);
        } catch (RejectedExecutionException e) {
            throw Refusals.closed();
        }
        try {
            return future.get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            future.cancel(false);
            throw Refusals.unreachable(
                    store, "no answer within " + bound.plusNanos(999_999).toMillis() + " ms", e);
        } catch (CancellationException e) {
            throw Refusals.closed();
        } catch (InterruptedException e) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.CANCELLED, "Interrupted while waiting for " + store + ".", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException thrown -> throw thrown;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    void run(Runnable task, Duration bound) {
        call(
                () -> {
                    task.run();
                    return true;
                },
                bound);
    }

    /** Runs a task when its turn comes, or never where this is closed before. */
    void later(Runnable task, Duration delay) {
        try {
            var _ = executor.schedule(() -> quietly(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile: there is nothing to tend any more.
        }
    }

    private void quietly(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "discovery in " + store + ": a task failed", e);
        }
    }

    /** Takes nothing new, and waits for what runs. */
    void close(Duration bound) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(bound.toNanos(), TimeUnit.NANOSECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
