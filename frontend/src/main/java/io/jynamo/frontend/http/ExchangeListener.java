package io.jynamo.frontend.http;

/** What an answer in progress wants to hear from its connection. Called on the event loop; must not block. */
public interface ExchangeListener {
    /** The client is gone before the answer was whole. Nothing follows. */
    void onGone();

    /** The socket takes bytes again after {@link Exchange#isWritable()} was false. */
    void onWritable();

    /** Some time went by; called every few dozen milliseconds. */
    void onTick(long nowNanos);
}
