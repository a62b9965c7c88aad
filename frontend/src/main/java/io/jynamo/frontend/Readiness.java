package io.jynamo.frontend;

/** Whether the server takes requests, and why not. */
final class Readiness {
    private final ModelRegistry models;
    private volatile boolean draining;

    Readiness(ModelRegistry models) {
        this.models = models;
    }

    void drain() {
        draining = true;
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
