package io.jynamo.frontend;

import java.time.Duration;

/** Whether the server takes requests, and why not. */
final class Readiness {
    private final ModelRegistry models;
    private final Duration shutdownTimeout;
    private volatile boolean draining;
    private volatile long stopsAtNanos;

    /** @param shutdownTimeout how long running answers may go on once it drains */
    Readiness(ModelRegistry models, Duration shutdownTimeout) {
        this.models = models;
        this.shutdownTimeout = shutdownTimeout;
    }

    synchronized void drain() {
        if (!draining) {
            stopsAtNanos = System.nanoTime() + shutdownTimeout.toNanos();
            draining = true;
        }
    }

    /** Once it drains: when at the latest another server may listen here. */
    Duration untilStopped() {
        return Duration.ofNanos(Math.max(0, stopsAtNanos - System.nanoTime()));
    }

    boolean isDraining() {
        return draining;
    }

    /** {@code ready}, {@code draining}, or {@code loading} while no model answers. */
    String stage() {
        if (draining) {
            return "draining";
        }
        return models.ready().isEmpty() ? "loading" : "ready";
    }
}
