package io.jynamo.cli.graph.plan;

import io.jynamo.cli.config.Problems;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;

/** Makes of a graph's file what a supervisor runs. */
public final class GraphReader {
    private final Map<String, Supplier<CommandSpec>> commands;
    private final Function<String, Path> discovery;

    /**
     * A reader.
     *
     * @param commands which a role can be
     * @param discovery the folder in which the roles of a graph of that name find each other
     */
    public GraphReader(Map<String, Supplier<CommandSpec>> commands, Function<String, Path> discovery) {
        this.commands = commands;
        this.discovery = discovery;
    }

    /**
     * Reads one; everything wrong with it is told at once.
     *
     * @param text the file, and what overrides it
     * @param directory where its relative paths begin
     * @throws io.jynamo.protocol.JynamoException INVALID_CONFIGURATION
     */
    public GraphPlan read(GraphText text, Path directory) {
        var problems = new Problems();
        GraphFile file = GraphFile.read(text.label(), text.fallbackName(), text.yaml(), problems);
        text.overrides().forEach(file::set);
        var check = new RoleCheck(commands, "file:" + discovery.apply(file.name()), problems);
        List<RolePlan> roles = file.roles().values().stream()
                .map(check::check)
                .flatMap(Optional::stream)
                .toList();
        if (roles.isEmpty() && problems.found().isEmpty()) {
            problems.add(text.label() + ": there is no role");
        }
        problems.throwIfAny();
        return new GraphPlan(file.name(), directory, roles);
    }
}
