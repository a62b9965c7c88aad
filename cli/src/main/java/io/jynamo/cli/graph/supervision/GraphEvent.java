package io.jynamo.cli.graph.supervision;

/** Something that happens to a graph, or is asked of it. */
public sealed interface GraphEvent {
    /** Its supervisor is there. */
    record Begin() implements GraphEvent {}

    /** Time has passed. */
    record Tick() implements GraphEvent {}

    /** A replica's process runs. */
    record Started(ReplicaId id, int run, long pid) implements GraphEvent {}

    /** A replica said that it is ready, and where; empty where it did not say. */
    record Ready(ReplicaId id, int run, String address) implements GraphEvent {}

    /** A replica's process has ended, or could not be started; these are its last words. */
    record Ended(ReplicaId id, int run, String words) implements GraphEvent {}

    /** A role is to have so many replicas. */
    record Scale(String role, int replicas) implements GraphEvent {}

    /** Every replica of a role is to be started again, one after the other. */
    record Restart(String role) implements GraphEvent {}

    /** One process is to be killed, or to drain; its replica is started again, and it counts as no failure. */
    record End(long pid, boolean kill) implements GraphEvent {}

    /** All of it is to end. */
    record Stop() implements GraphEvent {}
}
