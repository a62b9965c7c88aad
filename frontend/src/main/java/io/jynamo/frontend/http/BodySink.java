package io.jynamo.frontend.http;

/** Takes one request's body as it arrives. Told on the event loop; must not block. */
public interface BodySink {
    /** What it wants of what is still to come. */
    enum Wish {
        GO_ON,
        /** Nothing, until it asks for more. */
        WAIT,
        /** Nothing any more: {@link #refusal} says why. */
        STOP
    }

    /** Takes some more bytes, which are its own from now on. */
    Wish take(byte[] part);

    /** The answer, where the rest of the body is not wanted. */
    Answer refusal();

    /** The body will never be whole; what was taken of it is dropped. */
    void abandon();
}
