package io.jynamo.cli.graph;

import io.jynamo.cli.graph.supervision.GraphStatus;
import io.jynamo.cli.graph.supervision.ReplicaStatus;
import io.jynamo.cli.graph.supervision.RoleStatus;
import io.jynamo.cli.models.Table;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;

/** A graph's status for people: a line for the graph, a line for each process. */
final class StatusTable {
    private StatusTable() {}

    static List<String> lines(GraphStatus graph) {
        var text = new StringWriter();
        var out = new PrintWriter(text);
        String state = graph.stopping() ? "stopping" : graph.isSettled() ? "ready" : "not all ready";
        out.println("graph " + graph.name() + ": " + state
                + graph.addresses().stream().map(address -> "  " + address).reduce("", String::concat)
                + "  (supervisor " + graph.supervisor() + ")");
        var table = new Table("PROCESS", "COMMAND", "STATE", "FOR", "PID", "RESTARTS", "ADDRESS");
        for (RoleStatus role : graph.roles()) {
            if (role.replicas().isEmpty()) {
                table.add(role.name(), role.command(), "none", "", "", "", "");
            }
            role.replicas().forEach(replica -> row(table, role, replica));
        }
        table.print(out);
        graph.replicas()
                .filter(replica -> !replica.says().isEmpty())
                .forEach(replica -> out.println(replica.name() + " last died: " + replica.says()));
        return text.toString().lines().toList();
    }

    private static void row(Table table, RoleStatus role, ReplicaStatus replica) {
        table.add(
                replica.name(),
                role.command(),
                replica.state().word(),
                time(replica.seconds()),
                replica.pid() == 0 ? "" : Long.toString(replica.pid()),
                Integer.toString(replica.restarts()),
                replica.address());
    }

    private static String time(long seconds) {
        Duration time = Duration.ofSeconds(seconds);
        if (time.toHours() > 0) {
            return time.toHours() + "h" + time.toMinutesPart() + "m";
        }
        return time.toMinutes() > 0 ? time.toMinutes() + "m" + time.toSecondsPart() + "s" : seconds + "s";
    }
}
