package io.jynamo.cli.graph.supervision;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is different between two looks at a graph, in lines for people. */
public final class StatusChange {
    private StatusChange() {}

    /** A line for each process that is another, or in another state. */
    public static List<String> lines(GraphStatus before, GraphStatus after) {
        Map<String, ReplicaStatus> known = new LinkedHashMap<>();
        before.replicas().forEach(replica -> known.put(replica.name(), replica));
        List<String> lines = new ArrayList<>();
        after.replicas().forEach(replica -> {
            ReplicaStatus old = known.remove(replica.name());
            if (old == null
                    || old.state() != replica.state()
                    || old.pid() != replica.pid()
                    || old.restarts() != replica.restarts()) {
                lines.add(line(replica));
            }
        });
        known.keySet().forEach(name -> lines.add(name + " gone"));
        return lines;
    }

    /** How one process stands. */
    public static String line(ReplicaStatus replica) {
        var line = new StringBuilder(replica.name())
                .append(' ')
                .append(replica.state().word());
        if (replica.pid() != 0) {
            line.append(" (process ").append(replica.pid()).append(')');
        }
        if (!replica.address().isEmpty()) {
            line.append(' ').append(replica.address());
        }
        boolean down = replica.state() == ReplicaState.WAITING || replica.state() == ReplicaState.FAILING;
        if (down && !replica.says().isEmpty()) {
            line.append(": ").append(replica.says());
        }
        return line.toString();
    }
}
