package io.jynamo.cli.graph;

import io.jynamo.cli.ExitCode;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jynamo logs}: what the processes of a graph have written. */
@Command(
        name = "logs",
        header = "Show what the processes of a graph have written.",
        description = "Also of a graph that runs no more, where --graph names it.")
public final class LogsCommand implements Callable<Integer> {
    private static final String ENDING = ".log";
    private static final long LOOK_MILLIS = 200;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "ROLE",
            description = "A role, or one process of it, such as worker.0; 'supervisor' for what became of them."
                    + " By default all roles.")
    private String role = "";

    @Mixin
    private GraphName graph;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is written from now on, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            defaultValue = "50",
            description = "How many of the last lines of each process. Default: 50.")
    private int lines;

    @Override
    public Integer call() throws IOException, InterruptedException {
        GraphFolder folder = folder();
        Map<Path, LogTail> tails = new LinkedHashMap<>();
        try {
            List<Path> files = files(folder);
            if (files.isEmpty()) {
                throw new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "nothing called " + (role.isEmpty() ? "anything" : role) + " has a log in " + folder.logs());
            }
            boolean alone = files.size() == 1;
            for (Path file : files) {
                LogTail tail = tail(file, alone);
                tails.put(file, tail);
                tail.last(lines);
            }
            out().flush();
            while (follow) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                for (Path file : files(folder)) { // more may have come, by scaling
                    tails.computeIfAbsent(file, added -> tail(added, false)).more();
                }
                out().flush();
            }
        } finally {
            for (LogTail tail : tails.values()) {
                tail.close();
            }
        }
        return ExitCode.OK.number();
    }

    private GraphFolder folder() {
        GraphFolder named = GraphFolder.of(graph.given().isEmpty() ? "-" : graph.given(), System.getenv());
        return !graph.given().isEmpty() && Files.isDirectory(named.logs())
                ? named
                : RunningGraph.require(graph.given(), System.getenv()).folder();
    }

    private LogTail tail(Path file, boolean alone) {
        PrintWriter out = out();
        String name = name(file);
        return new LogTail(file, line -> out.println(alone ? line : name + " | " + line));
    }

    private List<Path> files(GraphFolder folder) throws IOException {
        try (Stream<Path> all = Files.list(folder.logs())) {
            return all.filter(file -> file.toString().endsWith(ENDING))
                    .filter(file -> isMeant(name(file)))
                    .sorted()
                    .toList();
        }
    }

    private boolean isMeant(String name) {
        return role.isEmpty() ? !name.equals("supervisor") : name.equals(role) || name.startsWith(role + ".");
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - ENDING.length());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
