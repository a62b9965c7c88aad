package io.jynamo.cli.graph;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The command line by which this program starts itself again, with the flags its own JVM was given. */
public final class JavaCommand {
    /** What holds for one process alone: where its own standard error is, and who watches it. */
    private static final List<String> NOT_PASSED_ON =
            List.of("-Djynamo.stderr=", "-Djynamo.terminal=", "-agentlib:", "-javaagent:");

    private JavaCommand() {}

    /**
     * Runs the command with these arguments.
     *
     * @param javaOptions more flags for the JVM, parted by blanks; they win over our own
     */
    public static List<String> line(String javaOptions, List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        flags().forEach(line::add);
        Arrays.stream(javaOptions.split("\\s+", -1))
                .filter(option -> !option.isEmpty())
                .forEach(line::add);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.jynamo.cli.Jynamo"));
        line.addAll(arguments);
        return line;
    }

    private static Stream<String> flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> NOT_PASSED_ON.stream().noneMatch(flag::startsWith));
    }
}
