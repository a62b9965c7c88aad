package io.jynamo.cli.graph;

import io.jynamo.cli.graph.plan.GraphPlan;
import io.jynamo.engine.process.ProcessGroup;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts a graph's supervisor as a process of its own session, which outlives us and our terminal. */
final class SupervisorStart {
    private static final Duration LIMIT = Duration.ofMinutes(2); // it may have to end what a killed one left
    private static final long LOOK_MILLIS = 20;

    private SupervisorStart() {}

    /**
     * Starts it and returns when it can be told what to do.
     *
     * @throws JynamoException with its last words where it does not come up
     */
    static RunningGraph start(GraphPlan plan, GraphFolder folder) throws InterruptedException {
        folder.create();
        Path handedOver =
                folder.path().resolve("graph-" + ProcessHandle.current().pid() + ".json");
        plan.write(handedOver);
        List<String> line = new ArrayList<>(ProcessGroup.OWN_SESSION);
        line.addAll(JavaCommand.line("", List.of("supervise", folder.path().toString(), handedOver.toString())));
        try {
            Process supervisor = new ProcessBuilder(line)
                    .directory(folder.path().toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.supervisorOutput().toFile())
                    .start();
            return await(supervisor, folder);
        } catch (IOException refused) {
            throw new JynamoException(
                    ErrorCode.INTERNAL, "the supervisor cannot be started: " + refused.getMessage(), refused);
        } finally {
            delete(handedOver);
        }
    }

    private static RunningGraph await(Process supervisor, GraphFolder folder) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (!supervisor.isAlive()) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION, "the supervisor did not come up: " + lastWords(folder));
            }
            boolean its = SupervisorRecord.read(folder.supervisor())
                    .filter(record -> record.pid() == supervisor.pid())
                    .isPresent();
            if (its && GraphControl.of(folder.socket()).isThere()) {
                return RunningGraph.find(folder)
                        .orElseThrow(() -> new JynamoException(
                                ErrorCode.INTERNAL, "the supervisor ended at once: " + lastWords(folder)));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        supervisor.destroy();
        throw new JynamoException(
                ErrorCode.NOT_READY,
                "the supervisor did not come up within " + LIMIT.toSeconds() + " s; see " + folder.supervisorOutput());
    }

    private static String lastWords(GraphFolder folder) {
        try {
            List<String> lines = Files.readAllLines(folder.supervisorOutput());
            return lines.isEmpty() ? "it said nothing" : lines.getLast();
        } catch (IOException none) {
            return "it said nothing";
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException left) {
            // The supervisor has taken it, or the next start writes it anew.
        }
    }
}
