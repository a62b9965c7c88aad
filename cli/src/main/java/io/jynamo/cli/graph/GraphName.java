package io.jynamo.cli.graph;

import picocli.CommandLine.Option;

/** The option that says which running graph a command is about. */
final class GraphName {
    @Option(
            names = {"-g", "--graph"},
            paramLabel = "GRAPH",
            description = "The graph's name; may be left out if only one runs.")
    private String name = "";

    /** Empty where it was left out. */
    String given() {
        return name;
    }
}
