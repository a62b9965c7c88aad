package io.jynamo.frontend.media;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One GET of HTTP/1.1 to an address that was looked at: no name is resolved here, so that nobody can have it resolved to another address.
 * No proxy, no cookies, no compression, no kept connection. Interrupting its thread ends it.
 */
final class HttpFetch {
    private static final int MOST_INTERIM = 4;
    private static final int FIRST_BYTES = 64 << 10;

    private final Request request;

    private HttpFetch(Request request) {
        this.request = request;
    }

    /**
     * What is asked for.
     *
     * @param to where its host is
     * @param lease holds what comes
     * @param tls makes connections of https
     */
    record Request(
            URI url,
            InetAddress to,
            long deadlineNanos,
            long mostBytes,
            MediaBudget.Lease lease,
            Supplier<SSLSocketFactory> tls) {}

    /**
     * What came; the body of a 200 only.
     *
     * @param location where a redirect leads, or empty
     * @param fresh for how long the body may be kept
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on once
    record Reply(int status, String location, byte[] body, Duration fresh) {}

    /**
     * Asks and reads the answer.
     *
     * @throws IOException where the connection fails or the answer is no HTTP
     * @throws MediaRefusal MEDIA_TOO_LARGE, MEDIA_UNAVAILABLE
     */
    static Reply get(Request request) throws IOException {
        return new HttpFetch(request).get();
    }

    private Reply get() throws IOException {
        try (Socket plain = new Socket(Proxy.NO_PROXY)) {
            int port = RemoteUrl.port(request.url());
            plain.connect(new InetSocketAddress(request.to(), port), leftMillis());
            try (Socket socket = RemoteUrl.isTls(request.url()) ? secured(plain, port) : plain) {
                socket.getOutputStream().write(head().getBytes(StandardCharsets.US_ASCII));
                return read(new BufferedInputStream(new Timed(socket)));
            }
        }
    }

    private Socket secured(Socket plain, int port) throws IOException {
        SSLSocket socket =
                (SSLSocket) request.tls().get().createSocket(plain, RemoteUrl.host(request.url()), port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(leftMillis());
        socket.startHandshake();
        return socket;
    }

    private String head() {
        URI url = request.url();
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String host = url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
        return "GET " + path + query + " HTTP/1.1\r\nHost: " + host
                + "\r\nUser-Agent: jynamo\r\nAccept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n";
    }

    private Reply read(InputStream in) throws IOException {
        ResponseHead head = ResponseHead.read(in);
        for (int interim = 0; head.status() < 200; interim++) {
            if (interim == MOST_INTERIM) {
                throw new IOException("only interim answers");
            }
            head = ResponseHead.read(in);
        }
        if (List.of(301, 302, 303, 307, 308).contains(head.status())) {
            return new Reply(head.status(), head.header("location"), new byte[0], Duration.ZERO);
        }
        if (head.status() != 200) {
            return new Reply(head.status(), "", new byte[0], Duration.ZERO);
        }
        if (!head.header("content-encoding").isEmpty()
                && !head.header("content-encoding").equalsIgnoreCase("identity")) {
            throw MediaRefusal.unavailable("came compressed, which was not asked for");
        }
        return new Reply(200, "", body(head, in), Freshness.of(head));
    }

    private byte[] body(ResponseHead head, InputStream in) throws IOException {
        String coding = head.header("transfer-encoding");
        if (coding.equalsIgnoreCase("chunked")) {
            return collect(new ChunkedInput(in), Long.MAX_VALUE);
        }
        if (!coding.isEmpty()) {
            throw new IOException("a transfer coding that was not asked for");
        }
        long length = head.length();
        if (length > request.mostBytes()) {
            throw tooLarge();
        }
        return collect(in, length < 0 ? Long.MAX_VALUE : length);
    }

    /** Costs memory as it comes, never as it is announced. */
    private byte[] collect(InputStream in, long expected) throws IOException {
        byte[] bytes = new byte[(int) Math.min(FIRST_BYTES, request.mostBytes() + 1)];
        int count = 0;
        while (count < expected) {
            if (count == bytes.length) {
                if (count > request.mostBytes()) {
                    throw tooLarge();
                }
                bytes = Arrays.copyOf(bytes, (int) Math.min(2L * count, request.mostBytes() + 1));
            }
            int read = in.read(bytes, count, (int) Math.min(bytes.length - count, expected - count));
            if (read < 0) {
                if (expected != Long.MAX_VALUE) {
                    throw new EOFException("it broke off");
                }
                break;
            }
            request.lease().take(read);
            count += read;
            if (count > request.mostBytes()) {
                throw tooLarge();
            }
        }
        return Arrays.copyOf(bytes, count);
    }

    private MediaRefusal tooLarge() {
        return MediaRefusal.tooLarge("is larger than the " + request.mostBytes() + " bytes that are fetched");
    }

    private int leftMillis() throws IOException {
        long left = TimeUnit.NANOSECONDS.toMillis(request.deadlineNanos() - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("its time is over");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    /** A socket's input of which every read ends in time, however little each brings. */
    private final class Timed extends InputStream {
        private final Socket socket;
        private final InputStream in;

        private Timed(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int count) throws IOException {
            socket.setSoTimeout(leftMillis());
            return in.read(to, offset, count);
        }
    }
}
