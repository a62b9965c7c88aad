package io.jynamo.simulation.workload;

import java.util.List;

/**
 * Requests that follow each other: each is sent when the one before has ended and somebody has thought.
 *
 * @param startNanos when it begins
 * @param turns at least one
 */
public record Session(long startNanos, List<Turn> turns) {
    public Session {
        turns = List.copyOf(turns);
        if (startNanos < 0 || turns.isEmpty()) {
            throw new IllegalArgumentException("a session begins at 0 or later and has a turn");
        }
    }
}
