package io.jynamo.simulation.workload;

import java.util.List;

/** Everything that is asked of a fleet in one run. */
public record Workload(String name, List<Session> sessions) {
    public Workload {
        sessions = List.copyOf(sessions);
        if (sessions.isEmpty()) {
            throw new IllegalArgumentException("workload " + name + " asks for nothing");
        }
    }

    /** How many requests it is. */
    public int requests() {
        return sessions.stream().mapToInt(session -> session.turns().size()).sum();
    }

    /** Its first {@code share}, 0 to 1, by sessions. */
    public Workload first(double share) {
        int count = Math.clamp((long) (sessions.size() * share), 1, sessions.size());
        return new Workload(name, sessions.subList(0, count));
    }
}
