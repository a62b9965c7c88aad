package io.jynamo.cli.graph.supervision;

import java.util.List;

/**
 * One role of a graph, as it is seen.
 *
 * @param wanted how many replicas it is to have
 * @param restarting how many a rolling restart has still to start again
 * @param replicas all there are, those included that were asked to end
 */
public record RoleStatus(
        String name, String command, int wanted, boolean front, int restarting, List<ReplicaStatus> replicas) {
    public RoleStatus {
        replicas = List.copyOf(replicas);
    }

    /** Whether it is as it was wished: all are there and ready, and none too many. */
    public boolean isSettled() {
        return restarting == 0
                && replicas.size() == wanted
                && replicas.stream().allMatch(replica -> replica.state() == ReplicaState.READY);
    }
}
