package io.jynamo.cli.worker;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/** Something computed on a thread of its own while its owner does something else. Closing it waits for that thread. */
final class Ahead<T> implements AutoCloseable {
    private final FutureTask<T> task;
    private final Thread thread;

    Ahead(String name, Supplier<T> work) {
        task = new FutureTask<>(work::get);
        thread = Thread.ofPlatform().name(name).daemon().start(task);
    }

    /** The result; what the work threw is thrown here. */
    T await() {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failed) {
                throw failed;
            }
            if (e.getCause() instanceof Error failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while loading");
        }
    }

    @Override
    public void close() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
