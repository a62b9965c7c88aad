package io.jynamo.cli.graph.supervision;

/** Something to do for a graph. */
public sealed interface GraphEffect {
    /** Start a process; runs of a replica are counted from 1. */
    record Start(ReplicaId id, int run) implements GraphEffect {}

    /** Ask a process to end (SIGTERM). */
    record Drain(ReplicaId id, int run) implements GraphEffect {}

    /** End a process at once (SIGKILL). */
    record Kill(ReplicaId id, int run) implements GraphEffect {}

    /** Nothing of the graph runs, and nothing is to: the supervisor ends. */
    record Finish() implements GraphEffect {}
}
