package io.jynamo.bench.frontend;

import io.jynamo.bench.load.LoadGenerator;
import io.jynamo.bench.load.LoadOptions;
import io.jynamo.bench.load.LoadReport;
import io.jynamo.bench.process.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts targets: this repository's command, and peers where their tools and set-up are. */
final class Launcher {
    /** Names for {@code --targets}, in the order of the table. */
    static final List<String> NAMES =
            List.of("jynamo", "jynamo-parsing", "jynamo-fleet", "dynamo", "dynamo-fastokens", "smg", "sglang-router");

    private static final String EXTRA = "\"ignore_eos\":true";
    private static final String TOOLS = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\","
            + "\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}}}]";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path root;
    private final Path peers;
    private final Path logs;
    private final boolean paced;
    private final int workers;
    private final List<String> serveArguments;

    /**
     * @param root of the repository
     * @param logs folder for the processes' output
     * @param paced engines at the speed of a GPU, else as fast as they can
     * @param workers behind a frontend of ours or Dynamo's
     * @param serveArguments more for {@code jynamo serve}
     */
    Launcher(Path root, Path logs, boolean paced, int workers, List<String> serveArguments) {
        this.root = root.toAbsolutePath().normalize();
        String chosen = System.getenv("JYNAMO_PEERS");
        this.peers = chosen == null ? Path.of(System.getProperty("user.home"), ".cache/jynamo-peers") : Path.of(chosen);
        this.logs = logs;
        this.paced = paced;
        this.workers = workers;
        this.serveArguments = List.copyOf(serveArguments);
    }

    /** Why a target cannot be started here, or nothing. */
    Optional<String> missing(String name) {
        Path needed = switch (name) {
            case "jynamo", "jynamo-parsing", "jynamo-fleet" -> root.resolve("jynamo");
            case "dynamo", "dynamo-fastokens" -> peers.resolve("dynamo/venv/bin/python");
            default -> peers.resolve("venv-" + name + "/bin/python");
        };
        Path tools = tools();
        if (!Files.exists(needed)) {
            return Optional.of(name + " is not set up: no " + needed);
        }
        if (!name.startsWith("jynamo") && !Files.isDirectory(tools)) {
            return Optional.of(name + " needs the tools of the peers: no " + tools);
        }
        return Optional.empty();
    }

    Target start(String name) {
        return switch (name) {
            case "jynamo" -> jynamo(name, List.of(), EXTRA);
            case "jynamo-parsing" ->
                jynamo(name, List.of("--tool-call-parser", "hermes", "--reasoning-parser", "qwen3"), EXTRA + TOOLS);
            case "jynamo-fleet" -> fleet(name);
            case "dynamo" -> dynamo(name, List.of());
            case "dynamo-fastokens" -> dynamo(name, List.of("--", "--tokenizer", "fastokens"));
            default -> gateway(name);
        };
    }

    private Target jynamo(String name, List<String> more, String extra) {
        List<String> command = new ArrayList<>(List.of(command(), "serve", "--port", "0"));
        command.addAll(List.of("--router-mode", "prefix-affinity"));
        command.addAll(simulated());
        command.addAll(serveArguments);
        command.addAll(more);
        Child child = Child.start(name, logs, command);
        return orClose(List.of(child), () -> ours(name, child, extra, List.of(child)));
    }

    /** The frontend alone, its workers in another process. */
    private Target fleet(String name) {
        List<Child> started = new ArrayList<>();
        return orClose(started, () -> {
            String discovery = "file:" + logs.resolve(name + "-discovery-" + System.nanoTime());
            Child frontend =
                    Child.start(name, logs, List.of(command(), "frontend", "--port", "0", "--discovery", discovery));
            started.add(frontend);
            List<String> workersCommand = new ArrayList<>(List.of(command(), "worker", "--discovery", discovery));
            workersCommand.addAll(simulated());
            started.add(Child.start(name + "-workers", logs, workersCommand));
            Target target = ours(name, frontend, EXTRA, started);
            awaitAnswer(target, frontend);
            return target;
        });
    }

    private static Target ours(String name, Child frontend, String extra, List<Child> all) {
        String ready = frontend.awaitLine(line -> line.startsWith("ready http"), PATIENCE);
        URI url = URI.create(ready.substring("ready ".length()).strip());
        return new Target(name, url, "mock", extra, frontend.pid(), new EngineFloor(), all);
    }

    private String command() {
        return root.resolve("jynamo").toString();
    }

    /** Simulated workers, over the vocabulary Dynamo's are given, so that a prompt is as many tokens for both. */
    private List<String> simulated() {
        List<String> arguments = new ArrayList<>(List.of(
                "--engine",
                "sim",
                "--workers",
                Integer.toString(workers),
                "--served-model-name",
                "mock",
                "--max-num-batched-tokens",
                "8192",
                "--max-num-seqs",
                "256",
                "--speedup-ratio",
                speedUp()));
        Path model = peers.resolve("dynamo/models/qwen3-mock");
        if (Files.isDirectory(model) && !serveArguments.contains("--model")) {
            arguments.addAll(List.of("--model", model.toString()));
        }
        return arguments;
    }

    private Target dynamo(String name, List<String> frontendArguments) {
        List<String> command = new ArrayList<>(List.of(
                tools().resolve("dynamo/serve-mock").toString(),
                "--port",
                Integer.toString(Child.freePort()),
                "--workers",
                Integer.toString(workers),
                "--router",
                "kv",
                "--speedup",
                speedUp()));
        command.addAll(frontendArguments);
        Child child = Child.start(name, logs, command);
        return orClose(List.of(child), () -> {
            URI url = URI.create(value(child, "BASE_URL"));
            long pid = Long.parseLong(value(child, "FRONTEND_PID"));
            String tree = value(child, "DYN_FILE_KV");
            return new Target(
                    name,
                    url,
                    "mock",
                    "",
                    pid,
                    new DynamoFloor(tools().resolve("dynamo/direct"), tree),
                    List.of(child));
        });
    }

    private Target gateway(String name) {
        List<Child> started = new ArrayList<>();
        return orClose(started, () -> {
            List<String> engines = new ArrayList<>();
            for (int i = 1; i <= 2; i++) {
                int port = Child.freePort();
                engines.add("http://127.0.0.1:" + port);
                started.add(Child.start(name + "-engine-" + i, logs, mockEngine(port)));
            }
            int port = Child.freePort();
            List<String> command = new ArrayList<>();
            Path venv = peers.resolve("venv-" + name + "/bin");
            if (name.equals("smg")) {
                command.addAll(List.of(venv.resolve("smg").toString(), "launch"));
            } else {
                command.addAll(List.of(venv.resolve("python").toString(), "-m", "sglang_router.launch_router"));
            }
            command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(port), "--log-level", "error"));
            command.addAll(
                    List.of("--prometheus-host", "127.0.0.1", "--prometheus-port", Integer.toString(Child.freePort())));
            command.add("--worker-urls");
            command.addAll(engines);
            Child child = Child.start(name, logs, command);
            started.add(child);
            Target.Floor floor =
                    (prompt, output, requests) -> direct(URI.create(engines.getFirst()), prompt, output, requests);
            Target target = new Target(
                    name, URI.create("http://127.0.0.1:" + port), "mock-model", "", child.pid(), floor, started);
            awaitAnswer(target, child);
            return target;
        });
    }

    private List<String> mockEngine(int port) {
        List<String> command = new ArrayList<>(List.of(
                peers.resolve("bin/mockengine").toString(), "-listen", "127.0.0.1:" + port, "-model", "mock-model"));
        if (paced) {
            command.addAll(List.of("-ttft", "20ms", "-itl", "5740us"));
        }
        return command;
    }

    /** The process may listen before it knows its engines: ready means that a request succeeds. */
    private void awaitAnswer(Target target, Child child) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                if (load(target.url(), target.model(), 20, 1, 1).requests() == 1) {
                    return;
                }
            } catch (IOException | RuntimeException e) {
                if (!child.isAlive()) {
                    throw Child.failed(target.name() + " ended; its last words:\n" + child.tail());
                }
            }
            if (System.nanoTime() > end) {
                throw Child.failed(target.name() + " does not answer; its last words:\n" + child.tail());
            }
            child.pause();
        }
    }

    private static Target.Floor.Latency direct(URI engine, int prompt, int output, int requests) {
        try {
            LoadReport report = load(engine, "mock-model", prompt, output, requests);
            return new Target.Floor.Latency(
                    report.ttft().p50(), report.perToken().p50());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LoadReport load(URI url, String model, int prompt, int output, int requests) throws IOException {
        LoadOptions.Shape shape =
                new LoadOptions.Shape(model, true, true, prompt, 0, 1, output, true, List.of(), "", System.nanoTime());
        return LoadGenerator.run(new LoadOptions(
                url, shape, 1, 0, 0, requests, Duration.ofSeconds(30), Duration.ofSeconds(10), 0, false, Map.of()));
    }

    private static String value(Child child, String name) {
        return child.awaitLine(line -> line.startsWith(name + "="), PATIENCE).substring(name.length() + 1);
    }

    private String speedUp() {
        return paced ? "1" : "1000";
    }

    private Path tools() {
        return root.resolve("../shared/tools").normalize();
    }

    private static Target orClose(List<Child> children, java.util.function.Supplier<Target> starting) {
        try {
            return starting.get();
        } catch (RuntimeException e) {
            List.copyOf(children).reversed().forEach(Child::close);
            throw e;
        }
    }
}
