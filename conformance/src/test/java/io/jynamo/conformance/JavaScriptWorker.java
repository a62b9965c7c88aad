package io.jynamo.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A running {@code src/test/js/worker.js}: a worker that shares nothing with ours but docs/wire.md. */
final class JavaScriptWorker implements AutoCloseable {
    static final String MODEL = "javascript-model";
    static final Path ROOM = Path.of(System.getProperty("jynamo.root"), "conformance");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Process process;
    private final List<String> said = new CopyOnWriteArrayList<>();

    private JavaScriptWorker(Process process) {
        this.process = process;
        Thread.ofPlatform().daemon().start(this::read);
    }

    /** Starts one, and returns once it is announced. */
    static JavaScriptWorker start(Path discovery, String... more) {
        List<String> line = new ArrayList<>(List.of(
                "node",
                ROOM.resolve("src/test/js/worker.js").toString(),
                "--discovery",
                discovery.toString(),
                "--name",
                MODEL));
        line.addAll(Arrays.asList(more));
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var worker = new JavaScriptWorker(process);
            worker.await("ready", told -> told.startsWith("ready "));
            return worker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(said::add);
        } catch (IOException | UncheckedIOException killed) {
            said.add("its output ended: " + killed);
        }
    }

    /** Waits until it has said a line that is as wanted. */
    void await(String what, Predicate<String> wanted) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (said.stream().noneMatch(wanted)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("never: " + what + "\n" + String.join("\n", said));
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    /** How many of its lines begin so. */
    long count(String beginning) {
        return said.stream().filter(line -> line.startsWith(beginning)).count();
    }

    /** Its id, as its ready line says it. */
    String id() {
        String ready = said.stream()
                .filter(line -> line.startsWith("ready "))
                .findFirst()
                .orElseThrow();
        return ready.substring(ready.lastIndexOf(' ') + 1);
    }

    /** SIGTERM: it drains. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it did not end:\n" + String.join("\n", said));
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
