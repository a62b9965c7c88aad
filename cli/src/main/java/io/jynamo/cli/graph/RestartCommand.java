package io.jynamo.cli.graph;

import io.jynamo.cli.ExitCode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jynamo restart}: starts the replicas of a role again, one after the other. */
@Command(
        name = "restart",
        header = "Start the replicas of a role of a running graph again, one after the other.",
        description = "Each finishes its streams first; the next one's turn comes when it is ready again.")
public final class RestartCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "ROLE", description = "The role.")
    private String role;

    @Mixin
    private GraphName graph;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        var done =
                RunningGraph.require(graph.given(), System.getenv()).control().restart(role, out::println);
        out.println(role + ": " + done.require(role).replicas().size() + " ready");
        out.flush();
        return ExitCode.OK.number();
    }
}
