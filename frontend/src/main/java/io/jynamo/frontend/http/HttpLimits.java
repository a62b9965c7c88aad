package io.jynamo.frontend.http;

import java.time.Duration;

/**
 * What one client may take of the server, and how it is told that there is no more.
 *
 * @param maxBodyBytes size of one request body; a larger one is refused with 413 before it is read
 * @param maxBufferedBytes size of all bodies held at one time; beyond it requests with a body are refused with 529, those with more than a
 *     mebibyte an eighth sooner
 * @param maxHeaderBytes size of one request's headers; larger ones are refused with 431
 * @param maxLineBytes size of the request line
 * @param requestReadTimeout time from the first byte of a request to its last
 * @param idleTimeout time a kept-alive connection may rest between requests
 * @param lingerTimeout time the rest of a refused body is read and dropped, so that the client sees the answer
 * @param maxConnections connections at one time; further ones are told so with 503, or a GOAWAY, and closed
 * @param maxStreamsPerConnection concurrent h2 streams of one connection
 * @param overloadStatus sent instead of 529 to who is refused for want of room
 */
public record HttpLimits(
        long maxBodyBytes,
        long maxBufferedBytes,
        int maxHeaderBytes,
        int maxLineBytes,
        Duration requestReadTimeout,
        Duration idleTimeout,
        Duration lingerTimeout,
        int maxConnections,
        int maxStreamsPerConnection,
        int overloadStatus) {
    /** Sent by Dynamo, and known to few clients. */
    public static final int OVERLOADED = 529;

    public HttpLimits {
        requirePositive("maxBodyBytes", maxBodyBytes);
        if (maxBodyBytes > Integer.MAX_VALUE - 64) {
            throw new IllegalArgumentException("maxBodyBytes must be below 2 GiB: " + maxBodyBytes);
        }
        requirePositive("maxBufferedBytes", maxBufferedBytes);
        requirePositive("maxHeaderBytes", maxHeaderBytes);
        requirePositive("maxLineBytes", maxLineBytes);
        requirePositive("requestReadTimeout", requestReadTimeout.toNanos());
        requirePositive("idleTimeout", idleTimeout.toNanos());
        requirePositive("lingerTimeout", lingerTimeout.toNanos());
        requirePositive("maxConnections", maxConnections);
        requirePositive("maxStreamsPerConnection", maxStreamsPerConnection);
        if (overloadStatus < 400 || overloadStatus > 599) {
            throw new IllegalArgumentException("overloadStatus must be an error: " + overloadStatus);
        }
    }

    /** With 529 for want of room. */
    public HttpLimits(
            long maxBodyBytes,
            long maxBufferedBytes,
            int maxHeaderBytes,
            int maxLineBytes,
            Duration requestReadTimeout,
            Duration idleTimeout,
            Duration lingerTimeout,
            int maxConnections,
            int maxStreamsPerConnection) {
        this(
                maxBodyBytes,
                maxBufferedBytes,
                maxHeaderBytes,
                maxLineBytes,
                requestReadTimeout,
                idleTimeout,
                lingerTimeout,
                maxConnections,
                maxStreamsPerConnection,
                OVERLOADED);
    }

    /** The same with another status for want of room. */
    public HttpLimits withOverloadStatus(int status) {
        return new HttpLimits(
                maxBodyBytes,
                maxBufferedBytes,
                maxHeaderBytes,
                maxLineBytes,
                requestReadTimeout,
                idleTimeout,
                lingerTimeout,
                maxConnections,
                maxStreamsPerConnection,
                status);
    }

    /** The status that goes out for an answer's. */
    int told(int status) {
        return status == OVERLOADED ? overloadStatus : status;
    }

    /** The same with another largest body, and another time for a request to arrive in. */
    public HttpLimits withBody(long bytes, Duration readTimeout) {
        return new HttpLimits(
                bytes,
                Math.max(bytes, maxBufferedBytes),
                maxHeaderBytes,
                maxLineBytes,
                readTimeout,
                idleTimeout,
                lingerTimeout,
                maxConnections,
                maxStreamsPerConnection,
                overloadStatus);
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }
}
