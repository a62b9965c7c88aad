package io.jynamo.frontend.http;

/** Hears how late an event loop's timer was. */
@FunctionalInterface
public interface LoopDelay {
    void onDelay(long nanos);
}
