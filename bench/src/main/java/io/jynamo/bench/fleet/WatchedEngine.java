package io.jynamo.bench.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAI-compatible engine in this process: a token every ten milliseconds for as long as its client stays. It notes
 * when a connection was closed on it, under the request's seed.
 */
final class WatchedEngine implements AutoCloseable {
    private static final long TOKEN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** Who joins an engine finds out what it knows by fields of a wrong type, which it refuses if it reads them. */
    private static final String WRONG = ":\"x\"";

    private static final Pattern SEED = Pattern.compile("\"seed\":\\s*(\\d+)");
    private static final Pattern MAX_TOKENS = Pattern.compile("\"max_tokens\":\\s*(\\d+)");
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length:\\s*(\\d+)");

    private final ServerSocket door;
    private final Map<Long, CompletableFuture<Long>> closed = new ConcurrentHashMap<>();

    WatchedEngine() throws IOException {
        door = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("watched-engine").start(this::accept);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + door.getLocalPort());
    }

    /** When the connection of the request with this seed was closed on us, or null within the limit; asked once. */
    @Nullable
    Long awaitClosed(long seed, long limit, TimeUnit unit) {
        try {
            return closed.computeIfAbsent(seed, s -> new CompletableFuture<>()).get(limit, unit);
        } catch (TimeoutException | ExecutionException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            closed.remove(seed);
        }
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket socket = door.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            } catch (IOException closing) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            String head = head(socket.getInputStream());
            Matcher length = LENGTH.matcher(head);
            String body = length.find()
                    ? new String(
                            socket.getInputStream().readNBytes(Integer.parseInt(length.group(1))),
                            StandardCharsets.UTF_8)
                    : "";
            if (body.contains(WRONG)) {
                write(socket, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            } else if (head.startsWith("POST")) {
                stream(socket, body);
            } else {
                String page = head.startsWith("GET /v1/models") ? """
                        {"object":"list","data":[{"id":"%s","object":"model","owned_by":"bench","max_model_len":8192}]}""".formatted(Processes.MODEL) : "{}";
                write(
                        socket,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                                + page.length() + "\r\n\r\n" + page);
            }
        } catch (IOException gone) {
            // Its client is: that is what this is for.
        }
    }

    private void stream(Socket socket, String body) throws IOException {
        write(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
        Matcher seed = SEED.matcher(body);
        if (seed.find()) {
            long key = Long.parseLong(seed.group(1));
            Thread.ofPlatform().daemon().start(() -> watch(socket, key));
        }
        Matcher most = MAX_TOKENS.matcher(body);
        int tokens = most.find() ? Integer.parseInt(most.group(1)) : 1;
        for (int i = 0; i < tokens; i++) {
            boolean last = i == tokens - 1;
            write(socket, """
                    data: {"id":"1","object":"text_completion","choices":[{"index":0,"text":" t%d","finish_reason":%s}]}

                    """.formatted(i, last ? "\"length\"" : "null"));
            LockSupport.parkNanos(TOKEN_NANOS);
        }
        write(socket, "data: [DONE]\n\n");
    }

    /** Nothing more comes from a client that has asked, but its close. */
    private void watch(Socket socket, long seed) {
        try {
            while (socket.getInputStream().read() >= 0) {
                // Not expected, and not what is waited for.
            }
        } catch (IOException reset) {
            // Closed as well.
        }
        closed.computeIfAbsent(seed, s -> new CompletableFuture<>()).complete(System.nanoTime());
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String head(InputStream in) throws IOException {
        var head = new StringBuilder(256);
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("closed before it asked");
            }
            head.append((char) c);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
