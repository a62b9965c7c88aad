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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One running process of a fleet: {@code ./jynamo frontend} or {@code ./jynamo worker}. */
final class FleetProcess implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;
    private final String ready;

    private FleetProcess(Process process, Path log, String ready) {
        this.process = process;
        this.log = log;
        this.ready = ready;
    }

    static FleetProcess start(String role, List<String> arguments, Map<String, String> environment) {
        return start(List.of(), role, arguments, environment, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param around a command that becomes it, such as {@code ip netns exec NAME}
     * @param logs folder of what it logs
     */
    static FleetProcess start(
            List<String> around, String role, List<String> arguments, Map<String, String> environment, Path logs) {
        List<String> line = new ArrayList<>(around);
        line.addAll(List.of(Command.jynamo().toString(), role));
        line.addAll(arguments);
        try {
            Path log = Files.createTempFile(logs, "jynamo-" + role, ".log");
            var builder = new ProcessBuilder(line).redirectError(log.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            var ready = new CompletableFuture<String>();
            Thread.ofPlatform().daemon().start(() -> read(process, ready));
            try {
                return new FleetProcess(process, log, ready.get(READY_LIMIT.toSeconds(), TimeUnit.SECONDS));
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

    private static void read(Process process, CompletableFuture<String> ready) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("ready ")) {
                    ready.complete(line.substring("ready ".length()));
                }
            }
            ready.completeExceptionally(new IllegalStateException("it ended without a ready line"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /** Where a frontend answers. */
    URI at(String path) {
        return URI.create(ready).resolve(path);
    }

    /** What its ready line said. */
    String ready() {
        return ready;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Sends a signal by its name, for example {@code STOP}. */
    void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " " + pid() + " gave " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    int awaitExit(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("did not stop within " + limit + ":\n" + log());
        }
        return process.exitValue();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
