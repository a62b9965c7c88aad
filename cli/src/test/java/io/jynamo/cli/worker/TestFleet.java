package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.Lifecycle;
import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import io.jynamo.cli.frontend.FleetFrontend;
import io.jynamo.cli.frontend.FleetFrontendOptions;
import io.jynamo.cli.serve.ServeNode;
import io.jynamo.cli.serve.ServeOptions;
import io.jynamo.cli.serve.ServeSettings;
import io.jynamo.cli.settings.FleetSettings;
import io.jynamo.cli.settings.HttpSettings;
import io.jynamo.cli.settings.LogSettings;
import io.jynamo.cli.settings.ParserSettings;
import io.jynamo.cli.settings.RouterSettings;
import io.jynamo.cli.text.OfferedText;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.session.RemoteWorker;
import io.jynamo.runtime.session.TextContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Workers and a frontend in this process, with engines in processes of their own, that find each other by a folder. */
final class TestFleet implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Path folder;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Lifecycle lifecycle = new Lifecycle();

    TestFleet(Path folder) {
        this.folder = folder;
    }

    /** Keeps something until the fleet is closed. */
    synchronized <T extends AutoCloseable> T own(T one) {
        return lifecycle.own(one);
    }

    /** A folder in the Hugging Face layout with the simulated engine's text side. */
    Path model(String name) {
        try {
            Path model = Files.createDirectories(folder.resolve(name));
            for (TextContent file : OfferedText.simulated()) {
                Files.write(
                        model.resolve(file.file().name()),
                        file.source().read(0, Math.toIntExact(file.file().size())));
            }
            Files.writeString(model.resolve("config.json"), "{\"architectures\":[\"LlamaForCausalLM\"]}");
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program of the fake engine; what it is started with it leaves in {@link #engines}. */
    Path program() {
        try {
            Files.createDirectories(folder.resolve("notes"));
            Path program = folder.resolve("fake-engine");
            Files.writeString(program, """
                    #!/bin/sh
                    exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m -cp '%s' %s '%s' "$@"
                    """.formatted(
                            Path.of(System.getProperty("java.home"), "bin", "java"),
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            FakeEngine.class.getName(),
                            folder.resolve("notes")));
            assertThat(program.toFile().setExecutable(true)).isTrue();
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An engine process that was started: its pid and command line. */
    record Started(long pid, List<String> line) {
        boolean isAlive() {
            return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
        }

        /** Ends it as the system does for want of memory. */
        void kill() {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Every engine process so far whose command line has those words, the latest last. */
    List<Started> engines(String... words) {
        if (!Files.exists(folder.resolve("notes"))) {
            return List.of(); // nobody has asked for the program yet
        }
        try (Stream<Path> files = Files.list(folder.resolve("notes"))) {
            List<Started> found = new ArrayList<>();
            for (Path file : files.sorted((a, b) -> Long.compare(modified(a), modified(b)))
                    .toList()) {
                String pid = String.valueOf(file.getFileName()).replace(".engine", "");
                Started started = new Started(Long.parseLong(pid), Files.readAllLines(file));
                if (started.line().containsAll(List.of(words))) {
                    found.add(started);
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long modified(Path file) {
        return file.toFile().lastModified();
    }

    /** Options of {@code jynamo worker}, by setting, {@code attach} with commas; flags of the engine itself behind them. */
    WorkerNodeOptions options(Map<String, String> settings, String... engineFlags) {
        Map<String, List<String>> flags = new HashMap<>();
        flags.put("discovery", List.of(discovery()));
        flags.put("drain-timeout", List.of("1s"));
        flags.putAll(values(settings));
        var problems = new Problems();
        var sources = new Configuration.Sources(flags, Map.of(), YamlFile.NONE);
        var options = WorkerNodeOptions.read(
                Configuration.resolve(WorkerNodeOptions.SETTINGS, sources, problems), List.of(engineFlags), problems);
        problems.throwIfAny();
        return options;
    }

    private static Map<String, List<String>> values(Map<String, String> settings) {
        Map<String, List<String>> values = new HashMap<>();
        settings.forEach((name, value) ->
                values.put(name, List.of(name.equals("attach") ? value.split(",") : new String[] {value})));
        return values;
    }

    /** The same as {@code jynamo serve}, a fleet of its own. */
    ServeNode serve(Map<String, String> settings) {
        Map<String, List<String>> flags = new HashMap<>();
        flags.put("port", List.of("0"));
        flags.put("router-mode", List.of("round-robin"));
        flags.putAll(values(settings));
        var problems = new Problems();
        Configuration configuration = Configuration.resolve(
                ServeSettings.ALL, new Configuration.Sources(flags, Map.of(), YamlFile.NONE), problems);
        var options = new ServeOptions(
                WorkerSetup.read(configuration, List.of(), problems),
                RouterSettings.read(configuration),
                ParserSettings.read(configuration, problems),
                HttpSettings.read(configuration, problems),
                LogSettings.read(configuration));
        problems.throwIfAny();
        return own(ServeNode.start(options, Path::of));
    }

    WorkerNode worker(Map<String, String> settings, String... engineFlags) {
        return own(WorkerNode.start(options(settings, engineFlags), Path::of));
    }

    FleetFrontend frontend() {
        return frontend("round-robin");
    }

    FleetFrontend frontend(String routerMode) {
        return frontend(Map.of("router-mode", routerMode));
    }

    FleetFrontend frontend(Map<String, String> settings) {
        Map<String, List<String>> flags = new HashMap<>(values(settings));
        flags.put("discovery", List.of(discovery()));
        flags.put("port", List.of("0"));
        var problems = new Problems();
        Configuration configuration = Configuration.resolve(
                FleetFrontendOptions.SETTINGS, new Configuration.Sources(flags, Map.of(), YamlFile.NONE), problems);
        var options = new FleetFrontendOptions(
                RouterSettings.read(configuration),
                ParserSettings.read(configuration, problems),
                HttpSettings.read(configuration, problems),
                FleetSettings.read(configuration, problems),
                configuration.get(FleetSettings.WORKER_SILENCE),
                configuration.get(FleetSettings.ADMIN_PORT),
                LogSettings.read(configuration));
        problems.throwIfAny();
        return own(FleetFrontend.start(options));
    }

    private String discovery() {
        return "file:" + folder.resolve("discovery");
    }

    /** Workers that the frontend can call now. */
    static long ready(FleetFrontend frontend) {
        return frontend.workers().stream()
                .map(RemoteWorker::state)
                .filter(WorkerState.READY::equals)
                .count();
    }

    /** What is answered to a completion of so many tokens. */
    HttpResponse<String> complete(FleetFrontend frontend, String model, String prompt, int tokens) {
        return complete(frontend.address(), model, prompt, tokens);
    }

    HttpResponse<String> complete(URI server, String model, String prompt, int tokens) {
        String body = "{\"model\":\"" + model + "\",\"prompt\":\"" + prompt + "\",\"max_tokens\":" + tokens
                + ",\"temperature\":0,\"ignore_eos\":true}";
        return post(server.resolve("/v1/completions"), body);
    }

    /** Its page of that path. */
    String get(URI server, String path) {
        return send(HttpRequest.newBuilder(server.resolve(path)).timeout(LIMIT).build())
                .body();
    }

    HttpResponse<String> post(URI to, String body) {
        return send(HttpRequest.newBuilder(to)
                .header("Content-Type", "application/json")
                .timeout(LIMIT)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits until it answers a completion, and gives the answer. */
    HttpResponse<String> awaitAnswer(FleetFrontend frontend, String model) {
        return awaitAnswerOf(frontend, model, "hello", 2);
    }

    HttpResponse<String> awaitAnswerOf(FleetFrontend frontend, String model, String prompt, int tokens) {
        List<HttpResponse<String>> last = new ArrayList<>();
        await("an answer of " + model, () -> {
            HttpResponse<String> answer = complete(frontend, model, prompt, tokens);
            last.clear();
            last.add(answer);
            return answer.statusCode() == 200;
        });
        return last.getFirst();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for %s", what).isLessThan(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }

    @Override
    public synchronized void close() {
        lifecycle.close();
        client.close();
    }
}
