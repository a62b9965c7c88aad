package io.jynamo.cli.graph.plan;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One role of a graph: a command of ours, run so many times.
 *
 * @param name within its graph
 * @param arguments the command and its flags, as on a command line
 * @param environment variables its processes get besides ours
 * @param replicas how many of it run
 * @param most how many may run: one where it has a port of its own choice
 * @param drain how long a replica that was asked to end may take
 * @param announces whether it says on standard output that it is ready; the others are as soon as they run
 * @param front whether it serves clients: it is stopped before the roles that serve it
 */
public record RolePlan(
        String name,
        List<String> arguments,
        Map<String, String> environment,
        int replicas,
        int most,
        Duration drain,
        boolean announces,
        boolean front) {
    public RolePlan {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    public String command() {
        return arguments.getFirst();
    }
}
