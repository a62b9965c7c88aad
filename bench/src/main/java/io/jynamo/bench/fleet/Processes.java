package io.jynamo.bench.fleet;

import io.jynamo.bench.process.Child;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts the processes of one fleet, which find each other in a folder of theirs. */
final class Processes {
    static final String MODEL = "bench-model";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path folder;
    private int started;

    /** @param folder of its discovery and logs */
    Processes(Path folder) {
        this.folder = folder;
    }

    /** One that runs. */
    record Running(Child child, URI url) implements AutoCloseable {
        long pid() {
            return child.pid();
        }

        /** Waits until it answers for the model. */
        void awaitModel() {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!Pages.text(url.resolve("/v1/models")).contains(MODEL)) {
                if (System.nanoTime() > end || !child.isAlive()) {
                    throw Child.failed("the model is not served; its last words:\n" + child.tail());
                }
                child.pause();
            }
        }

        @Override
        public void close() {
            child.close();
        }
    }

    Running frontend() {
        return start("frontend", "--port", "0", "--discovery", discovery());
    }

    /** Everything in one process, before an engine of others. */
    Running serve(URI engine, String model) {
        return start("serve", foreign(engine, model, "--port", "0"));
    }

    /** A worker before an engine of others. */
    Running attached(URI engine, String model) {
        return start("worker", foreign(engine, model, "--discovery", discovery()));
    }

    /** Simulated workers. */
    Running workers(int count) {
        return start(
                "worker",
                "--engine",
                "sim",
                "--workers",
                Integer.toString(count),
                "--served-model-name",
                MODEL,
                "--max-model-len",
                "4096",
                "--kv-blocks",
                "1024",
                "--discovery",
                discovery());
    }

    private static String[] foreign(URI engine, String model, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "--engine", "openai", "--attach", engine.toString(), "--model", model, "--served-model-name", MODEL));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private String discovery() {
        return "file:" + folder.resolve("discovery");
    }

    private Running start(String role, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(FleetBench.root().resolve("jynamo").toString(), role));
        command.addAll(List.of(arguments));
        Child child = Child.start(role + "-" + started++, folder, command);
        try {
            String ready = child.awaitLine(line -> line.startsWith("ready "), PATIENCE)
                    .substring("ready ".length())
                    .strip();
            return new Running(child, URI.create(ready.startsWith("http") ? ready : "http://" + ready));
        } catch (RuntimeException e) {
            child.close();
            throw e;
        }
    }
}
