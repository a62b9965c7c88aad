package io.jynamo.cli.graph;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line by which this program starts itself again, with the flags its own JVM was given. */
public final class JavaCommand {
    /** What holds for one process alone: where its own standard error is, and who watches it. */
    private static final List<String> NOT_PASSED_ON =
            List.of("-Djynamo.stderr=", "-Djynamo.terminal=", "-agentlib:", "-javaagent:");

    private static final String CACHE = "-XX:AOTCache=";

    private JavaCommand() {}

    /**
     * Runs the command with these arguments.
     *
     * @param javaOptions more flags for the JVM, parted by blanks; they win over our own
     */
    public static List<String> line(String javaOptions, List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(flags(VectorModule.isWanted(arguments)));
        Arrays.stream(javaOptions.split("\\s+", -1))
                .filter(option -> !option.isEmpty())
                .forEach(line::add);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.jynamo.cli.Jynamo"));
        line.addAll(arguments);
        return line;
    }

    private static List<String> flags(boolean vectors) {
        List<String> flags = new ArrayList<>();
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith(CACHE)) {
                Path cache = Path.of(flag.substring(CACHE.length())).resolveSibling(VectorModule.cacheName(vectors));
                flags.add(CACHE + cache);
            } else if (!flag.equals(VectorModule.FLAG) && NOT_PASSED_ON.stream().noneMatch(flag::startsWith)) {
                flags.add(flag);
            }
        }
        if (vectors) {
            flags.add(VectorModule.FLAG);
        }
        return flags;
    }
}
