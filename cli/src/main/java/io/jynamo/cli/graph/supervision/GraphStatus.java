package io.jynamo.cli.graph.supervision;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A running graph, as it is seen.
 *
 * @param supervisor pid of the process that runs it
 * @param stopping whether it was asked to stop
 * @param finished whether nothing of it runs any more
 */
public record GraphStatus(String name, long supervisor, boolean stopping, boolean finished, List<RoleStatus> roles) {
    public GraphStatus {
        roles = List.copyOf(roles);
    }

    /** Whether every role is as it was wished. */
    public boolean isSettled() {
        return !stopping && roles.stream().allMatch(RoleStatus::isSettled);
    }

    /** A role by its name. */
    public RoleStatus require(String role) {
        return roles.stream()
                .filter(each -> each.name().equals(role))
                .findFirst()
                .orElseThrow(() -> new JynamoException(
                        ErrorCode.INVALID_REQUEST,
                        "graph " + name + " has no role " + role + "; it has "
                                + String.join(
                                        ", ",
                                        roles.stream().map(RoleStatus::name).toList())));
    }

    /** Every process of it. */
    public Stream<ReplicaStatus> replicas() {
        return roles.stream().flatMap(role -> role.replicas().stream());
    }

    /** One that has died several times in a row. */
    public Optional<ReplicaStatus> failing() {
        return replicas()
                .filter(replica -> replica.state() == ReplicaState.FAILING)
                .findFirst();
    }

    /** Where clients are served; empty before anything that serves them is ready. */
    public List<String> addresses() {
        return roles.stream()
                .filter(RoleStatus::front)
                .flatMap(role -> role.replicas().stream())
                .map(ReplicaStatus::address)
                .filter(address -> !address.isEmpty())
                .toList();
    }
}
