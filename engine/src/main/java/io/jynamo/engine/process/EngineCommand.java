package io.jynamo.engine.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is executed for an engine.
 *
 * @param line program and arguments
 * @param environment variables to add to ours
 * @param unset variables of ours that the engine must not see
 * @param directory where it runs
 */
public record EngineCommand(List<String> line, Map<String, String> environment, Set<String> unset, Path directory) {
    public EngineCommand {
        line = List.copyOf(line);
        environment = Map.copyOf(environment);
        unset = Set.copyOf(unset);
        if (line.isEmpty()) {
            throw new IllegalArgumentException("an engine's command is empty");
        }
    }

    /** A program with our own environment, run in a directory. */
    public static EngineCommand of(Path directory, String... line) {
        return new EngineCommand(List.of(line), Map.of(), Set.of(), directory);
    }
}
