package io.jynamo.frontend.http;

import java.util.List;
import java.util.Map;

/**
 * Where an answer is written: a client's connection, or what stands for it while the client is between two.
 *
 * <p>Either {@link #respond} once, or {@link #begin}, any number of {@link #write}, then {@link #end}. {@code respond}
 * may be called from any thread; everything else on the event loop that the request came in on.
 */
public interface Outlet {
    /** Sends a whole answer. */
    void respond(Answer answer);

    /** Sends the head of a streamed answer with the next flush. */
    void begin(int status, String contentType, List<Map.Entry<String, String>> headers);

    /** Adds to a streamed answer. Nothing is sent before {@link #flush} or {@link #end}. */
    void write(byte[] bytes, int count);

    void flush();

    /** Ends a streamed answer and flushes. */
    void end();

    /** Whether bytes written now leave soon, instead of piling up. */
    boolean isWritable();
}
