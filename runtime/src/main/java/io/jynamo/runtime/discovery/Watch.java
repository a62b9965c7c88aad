package io.jynamo.runtime.discovery;

/** A listener's subscription. */
public interface Watch extends AutoCloseable {
    /** Ends it. When this returns nothing more is told; a call that runs is waited for, unless it is the caller. */
    @Override
    void close();
}
