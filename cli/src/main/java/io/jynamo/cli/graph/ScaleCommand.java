package io.jynamo.cli.graph;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.config.Readers;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jynamo scale}: gives a role of a running graph another number of replicas. */
@Command(
        name = "scale",
        header = "Give a role of a running graph another number of replicas.",
        description = "Returns when the new ones are ready and the others have finished their streams and are gone.")
public final class ScaleCommand implements Callable<Integer> {
    private static final int MOST = 1024;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "ROLE=N", description = "The role, and how many replicas it is to have.")
    private String wish;

    @Mixin
    private GraphName graph;

    @Override
    public Integer call() {
        int equals = wish.lastIndexOf('=');
        if (equals <= 0) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "'" + wish + "' must be ROLE=N, such as worker=3");
        }
        String role = wish.substring(0, equals);
        int replicas = count(wish.substring(equals + 1));
        PrintWriter out = spec.commandLine().getOut();
        var done =
                RunningGraph.require(graph.given(), System.getenv()).control().scale(role, replicas, out::println);
        out.println(role + ": " + done.require(role).replicas().size() + " ready");
        out.flush();
        return ExitCode.OK.number();
    }

    private int count(String text) {
        try {
            return Readers.count(0, MOST).read(text);
        } catch (IllegalArgumentException wrong) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "'" + wish + "': N " + wrong.getMessage(), wrong);
        }
    }
}
