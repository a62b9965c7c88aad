package io.jynamo.protocol;

/** A running generation, as held by whoever started it. All methods may be called from any thread and never block. */
public interface Generation {
    /** Ends it within one engine step; the sink still gets its {@link OutputSink#onFinished}. Idempotent. */
    void cancel();

    /** Ends one choice, for example because a stop string matched; the others go on. Idempotent. */
    void cancel(int choice);

    /** Allows {@code tokens} more output tokens per choice. */
    void grant(int tokens);
}
