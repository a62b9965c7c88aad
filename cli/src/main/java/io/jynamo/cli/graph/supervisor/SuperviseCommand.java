package io.jynamo.cli.graph.supervisor;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.graph.GraphFolder;
import io.jynamo.cli.graph.SupervisorRecord;
import io.jynamo.cli.graph.plan.GraphPlan;
import io.jynamo.cli.graph.supervision.GraphEvent;
import io.jynamo.cli.log.LogFormat;
import io.jynamo.cli.log.LogLevel;
import io.jynamo.cli.log.Logs;
import io.jynamo.engine.process.EngineRun;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The process that {@code jynamo up} leaves behind: it runs a graph until that is stopped. */
@Command(name = "supervise", hidden = true, header = "Run a graph that 'jynamo up' has read.")
public final class SuperviseCommand implements Callable<Integer> {
    private static final Duration ORPHAN_GRACE = Duration.ofSeconds(10);
    private static final long STOP_SECONDS = 120;

    @Parameters(index = "0", paramLabel = "FOLDER", description = "The graph's folder.")
    private Path folder;

    @Parameters(index = "1", paramLabel = "PLAN", description = "What is to run; the file is taken.")
    private Path plan;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Logs.install(LogFormat.TEXT, LogLevel.INFO);
        var own = new GraphFolder(folder);
        try (FileChannel lock = FileChannel.open(own.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var held = lock.tryLock()) {
            if (held == null) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION, "graph " + own.graph() + " is run by another supervisor");
            }
            GraphPlan graph = GraphPlan.read(plan);
            Files.move(plan, own.plan(), StandardCopyOption.REPLACE_EXISTING);
            SupervisorRecord.self().write(own.supervisor());
            endOrphans(own);
            supervise(graph, own);
        }
        return ExitCode.OK.number();
    }

    private static void supervise(GraphPlan graph, GraphFolder folder) throws IOException, InterruptedException {
        var supervisor = new Supervisor(graph, folder);
        var over = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(supervisor, over), "stop"));
        try (var _ = ControlServer.listen(folder.socket(), supervisor)) {
            supervisor.run();
            Files.deleteIfExists(folder.supervisor()); // where it stays, nobody asked for this end
        } finally {
            over.countDown();
        }
    }

    /** A stop signal ends the graph as {@code jynamo stop} does. */
    private static void stop(Supervisor supervisor, CountDownLatch over) {
        if (over.getCount() == 0) {
            return;
        }
        supervisor.tell(new GraphEvent.Stop());
        try {
            if (!over.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                System.getLogger(SuperviseCommand.class.getName())
                        .log(System.Logger.Level.ERROR, "not everything stopped within {0} s", STOP_SECONDS);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /** Children of a supervisor that was killed, whose watchdogs were killed too. */
    private static void endOrphans(GraphFolder folder) throws InterruptedException {
        for (Path record : folder.records()) {
            List<Long> ended = EngineRun.endOrphan(record, ORPHAN_GRACE);
            if (!ended.isEmpty()) {
                System.getLogger(SuperviseCommand.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "{0} of a supervisor that was killed still ran (processes {1}) and was ended",
                                record.getFileName(),
                                ended);
            }
        }
    }
}
