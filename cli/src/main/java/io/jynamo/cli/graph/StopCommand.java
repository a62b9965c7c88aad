package io.jynamo.cli.graph;

import io.jynamo.cli.ExitCode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jynamo stop}: ends a running graph. */
@Command(
        name = "stop",
        header = "Stop a graph that 'jynamo up' runs.",
        description =
                "Running streams may finish within the drain time of their roles; returns when nothing of it runs.")
public final class StopCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "GRAPH", description = "Its name; may be left out if only one runs.")
    private String graph = "";

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        RunningGraph running = RunningGraph.require(graph, System.getenv());
        running.stop(out::println);
        out.println("graph " + running.name() + " stopped");
        out.flush();
        return ExitCode.OK.number();
    }
}
