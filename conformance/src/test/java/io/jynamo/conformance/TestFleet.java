package io.jynamo.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Processes that find each other through a folder of their own. */
final class TestFleet implements AutoCloseable {
    static final String MODEL = "conformance-model";
    static final Path TEMP = Path.of(System.getProperty("java.io.tmpdir"));
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final String discovery;
    private final Map<String, String> environment;
    private final Path logs;
    private final List<FleetProcess> processes = new ArrayList<>();

    TestFleet() {
        this("", Map.of(), TEMP);
    }

    /**
     * A fleet that finds itself elsewhere.
     *
     * @param discovery as {@code --discovery} takes it; empty for a folder of its own
     * @param logs folder of what its processes log
     */
    TestFleet(String discovery, Map<String, String> environment, Path logs) {
        try {
            folder = Files.createTempDirectory("jynamo-fleet");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.discovery = discovery.isEmpty() ? "file:" + discovery() : discovery;
        this.environment = Map.copyOf(environment);
        this.logs = logs;
    }

    FleetProcess frontend(String... more) {
        return start(List.of(), "frontend", arguments(List.of("--port", "0"), more));
    }

    /** A simulated worker at the pace of a GPU. */
    FleetProcess worker(String... more) {
        return workerIn(List.of(), more);
    }

    /** The same, started by a command that becomes it. */
    FleetProcess workerIn(List<String> around, String... more) {
        return start(around, "worker", simulated(1, more));
    }

    /** A worker that computes a model. */
    FleetProcess embedded(Path model, String name, String... more) {
        List<String> own = List.of("--model", model.toString(), "--served-model-name", name, "--workers", "1");
        return start(List.of(), "worker", arguments(own, more));
    }

    /** A process of many. */
    FleetProcess many(int workers, String... more) {
        return start(List.of(), "worker", simulated(workers, more));
    }

    private List<String> simulated(int workers, String... more) {
        List<String> own = List.of(
                "--engine",
                "sim",
                "--workers",
                Integer.toString(workers),
                "--served-model-name",
                MODEL,
                "--max-model-len",
                "4096");
        return arguments(own, more);
    }

    /** The folder of its own that its processes announce themselves in, where they were told of no other. */
    Path discovery() {
        return folder.resolve("discovery");
    }

    private FleetProcess start(List<String> around, String role, List<String> arguments) {
        FleetProcess process = FleetProcess.start(around, role, arguments, environment, logs);
        synchronized (processes) {
            processes.add(process);
        }
        return process;
    }

    private List<String> arguments(List<String> own, String... more) {
        List<String> all = new ArrayList<>(List.of("--discovery", discovery));
        all.addAll(own);
        all.addAll(Arrays.asList(more));
        return all;
    }

    /** Waits until the frontend answers for the model. */
    static void awaitModel(FleetProcess frontend) {
        awaitModel(frontend, MODEL);
    }

    /** The same for another model. */
    static void awaitModel(FleetProcess frontend, String model) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            if (Http.get(frontend.at("/v1/models")).text().contains(model)) {
                return;
            }
            pause();
        }
        throw new AssertionError("the model was not served within " + LIMIT + ":\n" + frontend.log());
    }

    /** Waits until the frontend's log says so many times that a worker serves. */
    static void awaitWorkers(FleetProcess frontend, int count) {
        awaitWorkers(frontend, count, LIMIT);
    }

    static void awaitWorkers(FleetProcess frontend, int count, Duration within) {
        long end = System.nanoTime() + within.toNanos();
        while (System.nanoTime() < end) {
            if (frontend.log().lines().filter(line -> line.contains(" serves ")).count() >= count) {
                return;
            }
            pause();
        }
        throw new AssertionError("no " + count + " workers within " + within + ":\n" + frontend.log());
    }

    /** Waits until the log of a process has a line that matches. */
    static void awaitLog(FleetProcess process, String pattern) {
        var wanted = java.util.regex.Pattern.compile(pattern);
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            if (wanted.matcher(process.log()).find()) {
                return;
            }
            pause();
        }
        throw new AssertionError("no line '" + pattern + "' within " + LIMIT + ":\n" + process.log());
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        synchronized (processes) {
            processes.forEach(FleetProcess::close);
        }
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path one : inside.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
