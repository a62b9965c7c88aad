package io.jynamo.frontend.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/** What came of later requests while an answer runs, in order. Event loop only. */
final class Parked {
    static final long MOST_BYTES = 256 * 1024;
    private static final int MOST = 64;

    private final ArrayDeque<HttpObject> parts = new ArrayDeque<>();
    private long bytes;

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** Whether the first of them begins a request. */
    boolean beginsRequest() {
        return parts.peek() instanceof HttpRequest;
    }

    void add(HttpObject part) {
        parts.add(part);
        bytes += size(part);
    }

    HttpObject remove() {
        HttpObject part = parts.remove();
        bytes -= size(part);
        return part;
    }

    /** Whether no more of the socket may be read. */
    boolean isFull() {
        return parts.size() > MOST || bytes > MOST_BYTES;
    }

    void release() {
        while (!parts.isEmpty()) {
            ReferenceCountUtil.release(remove());
        }
    }

    private static long size(HttpObject part) {
        return part instanceof HttpContent content ? content.content().readableBytes() : 0;
    }
}
