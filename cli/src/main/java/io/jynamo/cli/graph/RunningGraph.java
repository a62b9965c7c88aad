package io.jynamo.cli.graph;

import io.jynamo.cli.config.Nearest;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A graph whose supervisor lives, found by its name or by being the only one. */
record RunningGraph(GraphFolder folder, SupervisorRecord supervisor) {
    private static final Duration LAST_MOMENTS = Duration.ofSeconds(20);
    private static final long LOOK_MILLIS = 20;

    /** The one of a folder; empty where it does not run. */
    static Optional<RunningGraph> find(GraphFolder folder) {
        return SupervisorRecord.read(folder.supervisor())
                .filter(SupervisorRecord::isAlive)
                .map(record -> new RunningGraph(folder, record));
    }

    /** All of this user. */
    static List<RunningGraph> all(Map<String, String> environment) {
        return GraphFolder.names(environment).stream()
                .map(name -> find(GraphFolder.of(name, environment)))
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * The one that is meant.
     *
     * @param name empty where none was given, which will do if only one runs
     * @throws JynamoException NOT_READY where it does not run, INVALID_CONFIGURATION where it is not clear which
     */
    static RunningGraph require(String name, Map<String, String> environment) {
        List<RunningGraph> all = all(environment);
        List<String> names = all.stream().map(RunningGraph::name).toList();
        if (name.isEmpty()) {
            if (all.size() > 1) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "which graph? There run " + String.join(", ", names) + "; give its name");
            }
            return all.stream()
                    .findFirst()
                    .orElseThrow(() -> new JynamoException(
                            ErrorCode.NOT_READY,
                            "no graph runs; start one with: jynamo up " + Recipes.NAMES.getFirst()));
        }
        return all.stream()
                .filter(graph -> graph.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new JynamoException(
                        ErrorCode.NOT_READY,
                        "graph " + name + " does not run"
                                + (names.isEmpty() ? "; none does" : Nearest.hint(name, names))));
    }

    String name() {
        return folder.graph();
    }

    GraphControl control() {
        return GraphControl.of(folder.socket());
    }

    /** Stops it, and returns when its supervisor is gone too. */
    void stop(Consumer<String> progress) throws InterruptedException {
        control().stop(progress);
        awaitGone();
    }

    /** Waits until its supervisor is gone, and says whether somebody wished that. */
    boolean endedAsAsked() throws InterruptedException {
        awaitGone();
        return !Files.exists(folder.supervisor());
    }

    private void awaitGone() throws InterruptedException {
        long deadline = System.nanoTime() + LAST_MOMENTS.toNanos();
        while (supervisor.isAlive()) {
            if (System.nanoTime() - deadline > 0) {
                throw new JynamoException(
                        ErrorCode.INTERNAL,
                        "nothing of graph " + name() + " runs, but its supervisor (process " + supervisor.pid()
                                + ") has not ended; see " + folder.supervisorOutput());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }
}
