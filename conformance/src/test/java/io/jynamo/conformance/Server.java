package io.jynamo.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running {@code ./jynamo serve}, on a port of its own choice. */
final class Server implements AutoCloseable {
    /** The name the simulated servers give their model. */
    static final String MODEL = "conformance-model";

    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;
    private final URI address;
    private final List<String> output;

    private Server(Process process, Path log, URI address, List<String> output) {
        this.process = process;
        this.log = log;
        this.address = address;
        this.output = output;
    }

    /** The simulated engine, as fast as it goes. */
    static Server fast(String... more) {
        return simulated("1000000", more);
    }

    /** The simulated engine at the pace of a GPU: long answers take long enough to be interrupted. */
    static Server paced(String... more) {
        return simulated("1", more);
    }

    private static Server simulated(String speedup, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--engine",
                "sim",
                "--speedup-ratio",
                speedup,
                "--served-model-name",
                MODEL,
                "--max-model-len",
                "4096"));
        arguments.addAll(Arrays.asList(more));
        return start(arguments, Map.of());
    }

    static Server start(List<String> arguments, Map<String, String> environment) {
        List<String> line = new ArrayList<>(List.of(Command.jynamo().toString(), "serve", "--port", "0"));
        line.addAll(arguments);
        try {
            Path log = Files.createTempFile("jynamo-serve", ".log");
            var builder = new ProcessBuilder(line).redirectError(log.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            List<String> output = new ArrayList<>();
            var ready = new CompletableFuture<URI>();
            // Not a virtual thread: reading a pipe holds its carrier, and two servers would hold all there are on two
            // cores.
            Thread.ofPlatform().daemon().start(() -> read(process, output, ready));
            try {
                return new Server(process, log, ready.get(READY_LIMIT.toSeconds(), TimeUnit.SECONDS), output);
            } catch (ExecutionException | TimeoutException e) {
                process.destroyForcibly();
                throw new AssertionError("not ready: " + line + "\n" + Files.readString(log), e);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted: " + line, e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(Process process, List<String> output, CompletableFuture<URI> ready) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.add(line);
                }
                if (line.startsWith("ready ")) {
                    ready.complete(URI.create(line.substring("ready ".length())));
                }
            }
            ready.completeExceptionally(new IllegalStateException("it ended without a ready line"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    URI address() {
        return address;
    }

    URI at(String path) {
        return address.resolve(path);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it wrote to standard output. */
    List<String> output() {
        synchronized (output) {
            return List.copyOf(output);
        }
    }

    /** What it logged. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not stop within " + STOP_LIMIT + ":\n" + log());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
