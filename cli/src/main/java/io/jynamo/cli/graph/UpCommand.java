package io.jynamo.cli.graph;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.config.Readers;
import io.jynamo.cli.graph.plan.GraphPlan;
import io.jynamo.cli.graph.plan.GraphReader;
import io.jynamo.cli.graph.supervision.GraphStatus;
import io.jynamo.cli.graph.supervision.ReplicaStatus;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jynamo up}: runs a graph of processes on this machine, supervised. */
@Command(
        name = "up",
        header = "Run a graph of processes on this machine, supervised.",
        description = {
            "GRAPH is a file or one of the recipes below. Its supervisor is a process of its own that outlives this one and"
                    + " its terminal: roles that die are started again, after pauses that grow. Shows how the graph"
                    + " stands until Ctrl-C, which stops it; a terminal that closes does not. See also status, scale,"
                    + " logs, restart, stop.",
            "",
            "Its logs and all else are in $XDG_STATE_HOME/jynamo/graphs/NAME;",
            "where that is not set, in ~/.local/state/jynamo/graphs/NAME."
        })
public final class UpCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 500;
    private static final long READY_LOOK_MILLIS = 100;

    private final Map<String, Supplier<CommandSpec>> commands;
    private final Map<String, String> environment = System.getenv();

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "GRAPH", description = "A graph's file, or the name of a recipe.")
    private String graph;

    @Option(
            names = {"-d", "--detach"},
            description = "Return when all of it is ready; fail, and stop it, when a role dies again and again.")
    private boolean detach;

    @Option(
            names = "--ready-timeout",
            paramLabel = "TIME",
            defaultValue = "30m",
            description = "With --detach: how long all of it may take to be ready. Default: 30m.")
    private String readyTimeout;

    @Option(
            names = "--set",
            paramLabel = "ROLE.FLAG=VALUE",
            description = "Override a flag of a role, or its replicas, or add engine-flags; repeat for several.")
    private List<String> overrides = List.of();

    private UpCommand(Map<String, Supplier<CommandSpec>> commands) {
        this.commands = commands;
    }

    /**
     * The command.
     *
     * @param commands which the roles of a graph can be
     */
    public static CommandSpec spec(Map<String, Supplier<CommandSpec>> commands) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(new UpCommand(commands));
        int width = Recipes.NAMES.stream().mapToInt(String::length).max().orElse(0) + 2;
        String[] footer = Recipes.NAMES.stream()
                .map(name -> "  " + name + " ".repeat(width - name.length()) + Recipes.shows(name))
                .toArray(String[]::new);
        spec.usageMessage().footerHeading("%nRecipes:%n").footer(footer);
        return spec;
    }

    @Override
    public Integer call() throws InterruptedException {
        Duration limit = limit();
        boolean file = Files.isRegularFile(Path.of(graph));
        Path here = Path.of("").toAbsolutePath();
        Path parent = Path.of(graph).toAbsolutePath().getParent();
        var reader = new GraphReader(
                commands, name -> GraphFolder.of(name, environment).discovery());
        GraphPlan plan = reader.read(Recipes.require(graph, overrides), file && parent != null ? parent : here);
        GraphFolder folder = GraphFolder.of(plan.name(), environment);
        Optional<RunningGraph> running = RunningGraph.find(folder);
        if (running.isPresent()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "graph " + plan.name() + " runs already (supervisor "
                            + running.get().supervisor().pid() + "): see it with 'jynamo status " + plan.name()
                            + "', end it with 'jynamo stop " + plan.name() + "'");
        }
        RunningGraph started = SupervisorStart.start(plan, folder);
        return (detach ? awaitReady(started, limit) : attach(started)).number();
    }

    private Duration limit() {
        try {
            return Readers.time().read(readyTimeout);
        } catch (IllegalArgumentException wrong) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "--ready-timeout " + wrong.getMessage(), wrong);
        }
    }

    private ExitCode awaitReady(RunningGraph running, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            GraphStatus status = running.control().status();
            if (status.isSettled()) {
                out().println(LiveStatus.ready(status));
                out().flush();
                return ExitCode.OK;
            }
            Optional<ReplicaStatus> failing = status.failing();
            boolean late = System.nanoTime() - deadline > 0;
            if (failing.isPresent() || late) {
                running.stop(progress -> {});
                throw failing.map(replica -> new JynamoException(
                                ErrorCode.WORKER_LOST,
                                replica.name() + " dies again and again, so the graph was stopped: " + replica.says()
                                        + "; its log: " + running.folder().log(replica.name())))
                        .orElseGet(() -> new JynamoException(
                                ErrorCode.DEADLINE_EXCEEDED,
                                "not all of graph " + running.name() + " was ready within " + readyTimeout
                                        + ", so it was stopped; logs: "
                                        + running.folder().logs()));
            }
            TimeUnit.MILLISECONDS.sleep(READY_LOOK_MILLIS);
        }
    }

    private ExitCode attach(RunningGraph running) throws InterruptedException {
        var pressed = new CountDownLatch(1);
        InterruptKey.onPressed(pressed::countDown);
        var live = new LiveStatus(out(), isTerminal(), running.name());
        boolean stop = false;
        while (!stop) {
            try {
                GraphStatus status = running.control().status();
                live.show(status);
                if (status.finished()) {
                    return ended(running, live);
                }
            } catch (JynamoException noAnswer) {
                return ended(running, live);
            }
            stop = pressed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
        live.say("stopping: running streams may finish");
        running.stop(live::say);
        live.say("stopped");
        return ExitCode.OK;
    }

    /** Whoever asked for it to stop was somebody else; or nobody did. */
    private static ExitCode ended(RunningGraph running, LiveStatus live) throws InterruptedException {
        if (running.endedAsAsked()) {
            live.say("stopped");
            return ExitCode.OK;
        }
        throw new JynamoException(
                ErrorCode.WORKER_LOST,
                "the supervisor of graph " + running.name() + " (process "
                        + running.supervisor().pid() + ") is gone, and its processes with it; see "
                        + running.folder().supervisorOutput());
    }

    @SuppressWarnings("SystemConsoleNull") // its declared type allows null
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
