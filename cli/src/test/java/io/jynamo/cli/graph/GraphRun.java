package io.jynamo.cli.graph;

import io.jynamo.cli.graph.supervision.GraphStatus;
import io.jynamo.cli.graph.supervision.ReplicaStatus;
import io.jynamo.engine.process.ProcessTable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The command in processes of its own, whose graphs keep their state in a folder of this test's. */
final class GraphRun implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(90);

    /** Workers of these tests are small and many. */
    private static final String JAVA_OPTIONS = "-Xmx96m -XX:TieredStopAtLevel=1";

    private static final List<String> FLAGS = List.of(
            "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx256m");

    private final Path state;
    private final List<Process> started = new ArrayList<>();
    private final Map<String, String> more = new HashMap<>();

    GraphRun() throws IOException {
        state = Files.createTempDirectory("jynamo-graphs");
    }

    /** One finished run of a command. */
    record Result(int exitCode, String out, String err) {}

    Map<String, String> environment() {
        return Map.of("XDG_STATE_HOME", state.toString());
    }

    /** Gives the processes of this run a variable besides. */
    void set(String variable, String value) {
        more.put(variable, value);
    }

    GraphFolder folder(String graph) {
        return GraphFolder.of(graph, environment());
    }

    Path file(String name, String text) throws IOException {
        return Files.writeString(state.resolve(name), text);
    }

    /** A worker of made-up text, small. */
    static String simulatedWorker(int replicas) {
        return """
                  worker:
                    command: worker
                    replicas: %d
                    flags: {engine: sim, workers: 1, served-model-name: made-up, max-model-len: 4096}
                    environment: {JYNAMO_JAVA_OPTS: %s}
                """.formatted(replicas, JAVA_OPTIONS);
    }

    /** A fleet of a frontend on any port and simulated workers. */
    Path fleet(String name, int workers) throws IOException {
        return file(name + ".yaml", "name: " + name + """

                roles:
                  frontend:
                    command: frontend
                    flags: {port: 0, router-mode: round-robin}
                """ + simulatedWorker(workers));
    }

    /** A graph of one simulated worker. */
    Path lone(String name) throws IOException {
        return file(name + ".yaml", "name: " + name + "\nroles:\n" + simulatedWorker(1));
    }

    /** The command line of the command. */
    static List<String> line(String... arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(FLAGS);
        line.add("-cp");
        line.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        line.add("io.jynamo.cli.Jynamo");
        line.addAll(Arrays.asList(arguments));
        return line;
    }

    /** Starts a command line in the environment of this run. */
    Process start(List<String> line, Path out) throws IOException {
        var builder = new ProcessBuilder(line)
                .redirectOutput(out.toFile())
                .redirectError(Path.of(out + ".err").toFile());
        builder.environment().putAll(environment());
        builder.environment().putAll(more);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** Runs the command to its end. */
    Result run(String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(state, "out", ".txt");
        Process process = start(line(arguments), out);
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("did not end within " + LIMIT + ": " + List.of(arguments));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(Path.of(out + ".err")));
    }

    /** Has a graph run, all of it ready. */
    GraphStatus up(Path file) throws IOException, InterruptedException {
        Result up = run("up", "--detach", file.toString());
        if (up.exitCode() != 0 || !up.out().startsWith("ready ")) {
            throw new AssertionError("not up: " + up);
        }
        String name = file.getFileName().toString().replace(".yaml", "");
        return control(name).status();
    }

    GraphControl control(String graph) {
        return GraphControl.of(folder(graph).socket());
    }

    static List<Long> pids(GraphStatus graph) {
        return graph.replicas().map(ReplicaStatus::pid).toList();
    }

    static ReplicaStatus replica(GraphStatus graph, String name) {
        return graph.replicas()
                .filter(replica -> replica.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + graph));
    }

    static boolean runs(long pid) {
        return ProcessTable.birth(pid).isPresent();
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + LIMIT + ": " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Asks a frontend for a stream of so many tokens and returns all of it. */
    static String stream(String frontend, String model, int tokens) throws IOException, InterruptedException {
        String body = """
                {"model": "%s", "stream": true, "max_tokens": %d,
                 "messages": [{"role": "user", "content": "Count from one to ten."}]}""".formatted(model, tokens);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create(frontend + "/v1/chat/completions"))
                            .header("Content-Type", "application/json")
                            .timeout(LIMIT)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return response.body();
        }
    }

    /** Waits until a frontend serves a model. */
    static void awaitModel(String frontend, String model) throws InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var models = HttpRequest.newBuilder(URI.create(frontend + "/v1/models"))
                    .timeout(LIMIT)
                    .build();
            await(model + " served at " + frontend, () -> {
                try {
                    return client.send(models, HttpResponse.BodyHandlers.ofString())
                            .body()
                            .contains('"' + model + '"');
                } catch (IOException notYet) {
                    return false;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted", e);
                }
            });
        }
    }

    private static void end(RunningGraph running) {
        try {
            running.stop(progress -> {});
        } catch (RuntimeException dead) {
            ProcessHandle.of(running.supervisor().pid()).ifPresent(ProcessHandle::destroyForcibly);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends whatever still runs, by the exact processes, and its files. */
    @Override
    public void close() throws IOException {
        RunningGraph.all(environment()).forEach(GraphRun::end);
        started.forEach(Process::destroyForcibly);
        try (Stream<Path> inside = Files.walk(state)) {
            for (Path one : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        }
    }
}
