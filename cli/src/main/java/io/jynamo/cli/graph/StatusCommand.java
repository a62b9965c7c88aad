package io.jynamo.cli.graph;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.graph.supervision.GraphStatus;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code jynamo status}: how a running graph stands. */
@Command(
        name = "status",
        header = "Show how a graph stands that 'jynamo up' runs.",
        description = "Exit code 1 where it does not run.")
public final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "GRAPH", description = "Its name; may be left out if only one runs.")
    private String graph = "";

    @Option(names = "--json", description = "One JSON object, with every process of it.")
    private boolean json;

    @Override
    public Integer call() {
        GraphStatus status =
                RunningGraph.require(graph, System.getenv()).control().status();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonMapper.builder().build().writeValueAsString(status));
        } else {
            StatusTable.lines(status).forEach(out::println);
        }
        out.flush();
        return ExitCode.OK.number();
    }
}
