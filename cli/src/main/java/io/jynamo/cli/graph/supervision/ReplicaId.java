package io.jynamo.cli.graph.supervision;

/** Which process of a graph: the role's name and a number from 0, written {@code worker.0}. */
public record ReplicaId(String role, int index) {
    @Override
    public String toString() {
        return role + "." + index;
    }
}
