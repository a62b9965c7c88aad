package io.jynamo.frontend.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The start of a request: method, decoded path and headers. */
public final class RequestHead {
    private static final String LAST_EVENT = "last-event-id";

    private final HttpMethod method;
    private final String path;
    private final String query;
    private final HttpHeaders headers;
    private final long contentLength;
    private final boolean chunked;
    private @Nullable String id;

    private RequestHead(
            HttpMethod method, String path, String query, HttpHeaders headers, long contentLength, boolean chunked) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.headers = headers;
        this.contentLength = contentLength;
        this.chunked = chunked;
    }

    /**
     * The start of that request.
     *
     * @throws IllegalArgumentException when the path's percent escapes are broken or the content length is no number
     */
    public static RequestHead of(HttpRequest request) {
        String uri = request.uri();
        int end = uri.indexOf('?');
        String raw = end < 0 ? uri : uri.substring(0, end);
        String path = raw.indexOf('%') < 0 ? raw : QueryStringDecoder.decodeComponent(raw.replace("+", "%2B"));
        return new RequestHead(
                request.method(),
                path,
                end < 0 ? "" : uri.substring(end),
                request.headers(),
                HttpUtil.getContentLength(request, -1L),
                HttpUtil.isTransferEncodingChunked(request));
    }

    /** The head of a request of the server's own, which posts something. */
    public static RequestHead local(String path, Map<String, String> headers) {
        HttpHeaders all = new DefaultHttpHeaders();
        headers.forEach(all::set);
        return new RequestHead(HttpMethod.POST, path, "", all, -1, false);
    }

    /** Stands in for a head that could not be read. */
    static RequestHead broken() {
        return new RequestHead(HttpMethod.GET, "", "", EmptyHttpHeaders.INSTANCE, -1, false);
    }

    /** The request's own id, which its answers' ids are made of: 32 hexadecimal digits. Asked for by one thread after the other. */
    public String id() {
        String known = id;
        if (known == null) {
            known = RequestIds.next();
            id = known;
        }
        return known;
    }

    public HttpMethod method() {
        return method;
    }

    /** Percent escapes resolved, without the query. */
    public String path() {
        return path;
    }

    /**
     * The first value of a query parameter, or null.
     *
     * @throws IllegalArgumentException when percent escapes are broken
     */
    public @Nullable String query(String name) {
        if (query.isEmpty()) {
            return null;
        }
        List<String> values = new QueryStringDecoder(query).parameters().get(name);
        return values == null ? null : values.getFirst();
    }

    /** The first value of a header, or null. */
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    /** The id of the last event that its client has of a stream it goes on with, or null. */
    public @Nullable String lastEvent() {
        String id = header(LAST_EVENT);
        return id == null || id.isBlank() ? null : id.strip();
    }

    HttpHeaders headers() {
        return headers;
    }

    /** Declared size of the body in bytes, or -1 when it is not declared. */
    long contentLength() {
        return contentLength;
    }

    boolean isChunked() {
        return chunked;
    }
}
