package io.jynamo.frontend.http;

/**
 * An endpoint whose bodies go somewhere as they arrive, instead of being held in memory: they are multipart forms. {@link
 * Endpoint#handle} is told once the body is there whole, unless it was refused before.
 */
public interface UploadEndpoint extends Endpoint {
    /** Bytes of a body at most; a larger one is refused, from its head where that says so. */
    long limit();

    /**
     * Where the body of a request goes. Called on the event loop, before anything of it is read.
     *
     * @param readOn asks for more after {@link BodySink.Wish#WAIT}; any thread
     */
    BodySink open(Exchange exchange, Runnable readOn);
}
