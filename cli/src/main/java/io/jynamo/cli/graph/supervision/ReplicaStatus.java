package io.jynamo.cli.graph.supervision;

/**
 * One process of a graph, as it is seen.
 *
 * @param name role and number, for example {@code worker.0}
 * @param pid 0 while no process of it runs
 * @param address what its ready line said; empty before
 * @param seconds since when it is in this state
 * @param restarts how often it was started again
 * @param says its last words, where it died
 */
public record ReplicaStatus(
        String name, ReplicaState state, long pid, String address, long seconds, int restarts, String says) {}
