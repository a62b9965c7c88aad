package io.jynamo.engine.attached;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real engine in a process of its own, from where the peers are installed. */
public final class RealServer implements AutoCloseable {
    private final Process process;
    private final URI url;

    private RealServer(Process process, URI url) {
        this.process = process;
        this.url = url;
    }

    /** Where peers are installed. */
    public static Path peers() {
        return Optional.ofNullable(System.getenv("JYNAMO_PEERS"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache", "jynamo-peers"));
    }

    /** Says in one line that a suite does not run for want of a file. */
    public static Path require(Path file) {
        assumeTrue(Files.exists(file), () -> "not run: there is no " + file);
        return file;
    }

    /** The tool of that name beside this repository. */
    public static Path tool(String name) {
        return require(Path.of(System.getProperty("jynamo.root"), "..", "shared", "tools", name));
    }

    /** A port that is free now. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Starts the peer of that name with the tiny model of random weights, by the tool that is beside this repository. */
    public static RealServer peer(String name, Path folder) throws IOException, InterruptedException {
        require(peers().resolve(name + "/ready"));
        Path model = require(peers().resolve("tiny"));
        int port = freePort();
        return start(
                port,
                folder.resolve("engine.log"),
                Duration.ofMinutes(6),
                List.of("nice", tool(name + "/serve").toString(), model.toString(), Integer.toString(port)));
    }

    /** Starts a command and waits until the engine answers {@code /v1/models}. */
    public static RealServer start(int port, Path log, Duration limit, List<String> command)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        RealServer server = new RealServer(process, URI.create("http://127.0.0.1:" + port));
        boolean serves = false;
        try {
            serves = server.serves(limit);
        } finally {
            if (!serves) {
                server.close();
            }
        }
        if (!serves) {
            throw new AssertionError("the engine did not start: " + Files.readString(log));
        }
        return server;
    }

    private boolean serves(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(1))
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            HttpRequest models = HttpRequest.newBuilder(url.resolve("/v1/models"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            while (process.isAlive() && System.nanoTime() < end) {
                try {
                    if (client.send(models, HttpResponse.BodyHandlers.ofString())
                                    .statusCode()
                            == 200) {
                        return true;
                    }
                } catch (IOException e) {
                    // Not yet.
                }
                process.waitFor(200, TimeUnit.MILLISECONDS);
            }
        }
        return false;
    }

    public URI url() {
        return url;
    }

    /** Ends it and all its children as if the machine had lost them. */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
