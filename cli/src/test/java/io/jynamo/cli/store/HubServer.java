package io.jynamo.cli.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Hugging Face endpoint on the loopback address, with the manners of the real one: listings with sizes and digests, large files redirected to a
 * storage host of another name, ranges; and with its faults, on demand.
 */
final class HubServer implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final JsonMapper JSON = new JsonMapper();

    /** One request that came in. */
    record Request(
            String path, @Nullable String range, @Nullable String authorization, boolean storage) {}

    /** What to do with one request for a file instead of answering it well. */
    sealed interface Fault {
        /** Sends so many bytes of the body and cuts the connection. */
        record Cut(int bytes) implements Fault {}

        /** Sends so many bytes and then nothing, until the server closes. */
        record Silence(int bytes) implements Fault {}

        record Status(int code, Map<String, String> headers) implements Fault {}

        /** Answers a range with the whole file. */
        record NoRanges() implements Fault {}

        /** Answers a range with the bytes from another place. */
        record WrongRange() implements Fault {}
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final Deque<Fault> faults = new ConcurrentLinkedDeque<>();
    final Deque<Fault> listingFaults = new ConcurrentLinkedDeque<>();
    final Map<String, byte[]> files = new LinkedHashMap<>();
    /** What is served where it is not what is listed. */
    final Map<String, byte[]> served = new LinkedHashMap<>();

    final CountDownLatch silent = new CountDownLatch(1);
    boolean listSizes = true;
    boolean large = true;

    @Nullable
    String requiredToken;

    String listingBody = "";
    /** Whether any request had what is for the proxy alone. */
    volatile boolean toldOfTheProxy;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final HttpServer server;
    private final URI endpoint;
    /** Another name of the same machine: another host as far as credentials go. */
    private final URI storageHost;

    HubServer() throws IOException {
        this(null);
    }

    /** @param tls the identity of hub.test and storage.test, names that only a proxy knows; without it, plain HTTP on loopback */
    HubServer(@Nullable SSLContext tls) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        if (tls == null) {
            server = HttpServer.create(address, 0);
            endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            storageHost = URI.create("http://localhost:" + server.getAddress().getPort());
        } else {
            HttpsServer secure = HttpsServer.create(address, 0);
            secure.setHttpsConfigurator(new HttpsConfigurator(tls));
            server = secure;
            endpoint = URI.create("https://hub.test");
            storageHost = URI.create("https://storage.test");
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    URI endpoint() {
        return endpoint;
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    HubSettings settings(@Nullable String token) {
        return new HubSettings(endpoint(), token, Duration.ofSeconds(20), new Retries(4, duration -> {}), Proxies.NONE);
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            boolean storage = exchange.getRequestHeaders().getFirst("Host").startsWith(storageHost.getHost());
            toldOfTheProxy |= exchange.getRequestHeaders().containsKey("Proxy-Authorization");
            requests.add(new Request(
                    path,
                    exchange.getRequestHeaders().getFirst("Range"),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    storage));
            if (path.startsWith("/api/models/")) {
                listing(exchange);
            } else {
                file(exchange, path, storage);
            }
        } catch (IOException e) {
            // The client went away, as some tests make it.
        }
    }

    private boolean refuses(HttpExchange exchange) throws IOException {
        String token = exchange.getRequestHeaders().getFirst("Authorization");
        if (requiredToken == null || ("Bearer " + requiredToken).equals(token)) {
            return false;
        }
        exchange.getResponseHeaders().add("X-Error-Code", token == null ? "RepoNotFound" : "GatedRepo");
        exchange.sendResponseHeaders(token == null ? 401 : 403, -1);
        return true;
    }

    private void listing(HttpExchange exchange) throws IOException {
        Fault fault = listingFaults.poll();
        if (fault instanceof Fault.Status status) {
            answer(exchange, status);
            return;
        }
        if (refuses(exchange)) {
            return;
        }
        byte[] body = (listingBody.isEmpty() ? listing() : listingBody).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    private String listing() {
        ObjectNode root = JSON.createObjectNode().put("id", "tiny/model").put("sha", COMMIT);
        root.putObject("cardData").put("license", "apache-2.0");
        var siblings = root.putArray("siblings");
        files.forEach((name, bytes) -> {
            ObjectNode sibling = siblings.addObject().put("rfilename", name);
            if (listSizes) {
                sibling.put("size", bytes.length).put("blobId", gitBlob(bytes));
                if (isLarge(name)) {
                    sibling.putObject("lfs")
                            .put("sha256", sha("SHA-256", bytes))
                            .put("size", bytes.length);
                }
            }
        });
        return root.toString();
    }

    private void file(HttpExchange exchange, String path, boolean storage) throws IOException {
        String name = path.replaceFirst(".*/(?:resolve/" + COMMIT + "|storage)/", "");
        byte[] listed = files.get(name);
        if (listed == null) {
            exchange.getResponseHeaders().add("X-Error-Code", "EntryNotFound");
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        if (!storage && refuses(exchange)) {
            return;
        }
        if (!storage && isLarge(name)) {
            exchange.getResponseHeaders().add("Location", storageHost + "/storage/" + name);
            exchange.sendResponseHeaders(302, -1);
            return;
        }
        exchange.getResponseHeaders()
                .add("ETag", '"' + (isLarge(name) ? sha("SHA-256", listed) : gitBlob(listed)) + '"');
        send(exchange, served.getOrDefault(name, listed), isLarge(name) ? faults.poll() : null);
    }

    private void send(HttpExchange exchange, byte[] bytes, @Nullable Fault fault) throws IOException {
        if (fault instanceof Fault.Status status) {
            answer(exchange, status);
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null || fault instanceof Fault.NoRanges
                ? 0
                : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        if (from >= bytes.length && from > 0) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (fault instanceof Fault.WrongRange) {
            from /= 2;
        }
        if (range != null && !(fault instanceof Fault.NoRanges)) {
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
        }
        exchange.sendResponseHeaders(from == 0 ? 200 : 206, bytes.length - from);
        OutputStream out = exchange.getResponseBody();
        if (fault instanceof Fault.Cut cut) {
            out.write(bytes, from, Math.min(cut.bytes(), bytes.length - from));
            out.flush();
        } else if (fault instanceof Fault.Silence silence) {
            out.write(bytes, from, Math.min(silence.bytes(), bytes.length - from));
            out.flush();
            silent.countDown();
            awaitClose();
        } else {
            out.write(bytes, from, bytes.length - from);
        }
    }

    private void awaitClose() {
        try {
            closing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, Fault.Status status) throws IOException {
        status.headers().forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
        exchange.sendResponseHeaders(status.code(), -1);
    }

    private boolean isLarge(String name) {
        return large && (name.endsWith(".safetensors") || name.endsWith(".gguf"));
    }

    /** The ranges that were asked of one file, in order. */
    List<String> ranges(String name) {
        var ranges = new ArrayDeque<String>();
        requests.stream()
                .filter(r -> r.storage() && r.path().endsWith("/" + name))
                .forEach(r -> ranges.add(r.range() == null ? "whole" : r.range()));
        return List.copyOf(ranges);
    }

    static String gitBlob(byte[] bytes) {
        byte[] head = ("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + bytes.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(bytes, 0, all, head.length, bytes.length);
        return sha("SHA-1", all);
    }

    static String sha(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
