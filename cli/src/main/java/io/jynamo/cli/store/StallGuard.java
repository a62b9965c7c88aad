package io.jynamo.cli.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Closes a stream from which nothing has come for too long, so that its reader gets an exception and not an endless wait. */
final class StallGuard implements AutoCloseable {
    private final InputStream stream;
    private final long limitNanos;
    private final Thread watcher;
    private volatile long lastNanos = System.nanoTime();
    private volatile boolean done;
    private volatile boolean stalled;

    StallGuard(InputStream stream, Duration limit) {
        this.stream = stream;
        this.limitNanos = limit.toNanos();
        this.watcher = Thread.ofVirtual().name("pull-stall-guard").start(this::watch);
    }

    /** Something came. */
    void alive() {
        lastNanos = System.nanoTime();
    }

    boolean stalled() {
        return stalled;
    }

    private void watch() {
        while (!done) {
            long left = limitNanos - (System.nanoTime() - lastNanos);
            if (left <= 0) {
                stalled = true;
                try {
                    stream.close();
                } catch (IOException e) {
                    // The reader hears of it by its own exception.
                }
                return;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    @Override
    public void close() {
        done = true;
        LockSupport.unpark(watcher);
    }
}
