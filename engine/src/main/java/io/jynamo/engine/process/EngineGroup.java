package io.jynamo.engine.process;

import io.jynamo.protocol.WorkerState;
import java.util.ArrayList;
import java.util.List;

/**
 * An engine that runs on several nodes, seen from one of them: who leads, and what the command line of a member says.
 * Pure.
 *
 * @param nodes how many
 * @param rank of this node, from 0; rank 0 leads and is the only one that serves
 * @param leader host of rank 0
 * @param port where members find the leader
 */
public record EngineGroup(int nodes, int rank, String leader, int port) {
    public EngineGroup {
        if (nodes < 1 || rank < 0 || rank >= nodes) {
            throw new IllegalArgumentException("rank " + rank + " of " + nodes + " nodes");
        }
    }

    /** What a group is, by what its members are, and whether all of them must be started anew. */
    public record Verdict(WorkerState state, boolean restartAll, String reason) {}

    public boolean isLeader() {
        return rank == 0;
    }

    /** What its members call it when they announce themselves: the same for all who say the same leader address. */
    public String name() {
        return (leader + "_" + port).replaceAll("[^A-Za-z0-9._-]", "-");
    }

    /** The flags of {@code vllm serve}, as NVIDIA Dynamo's operator gives them; not tried here on several nodes. */
    public List<String> vllmFlags() {
        List<String> flags = new ArrayList<>(List.of(
                "--nnodes",
                String.valueOf(nodes),
                "--node-rank",
                String.valueOf(rank),
                "--master-addr",
                leader,
                "--master-port",
                String.valueOf(port)));
        if (!isLeader()) {
            flags.add("--headless");
        }
        return flags;
    }

    /** The flags of SGLang's server; not tried here on several nodes. */
    public List<String> sglangFlags() {
        return List.of(
                "--dist-init-addr",
                leader + ":" + port,
                "--nnodes",
                String.valueOf(nodes),
                "--node-rank",
                String.valueOf(rank));
    }

    /**
     * All or nothing: the group is ready when every member is, and when one falls out the others wait for it in vain, so
     * all are started anew.
     *
     * @param members by rank; may be fewer than {@code nodes} while some have not been heard of
     */
    public Verdict verdict(List<WorkerState> members) {
        for (WorkerState fallen : List.of(WorkerState.GONE, WorkerState.UNREACHABLE)) {
            int member = members.indexOf(fallen);
            if (member >= 0) {
                return new Verdict(
                        fallen, true, "rank " + member + " is " + fallen + ": the group cannot go on without it");
            }
        }
        if (members.contains(WorkerState.DRAINING)) {
            return new Verdict(
                    WorkerState.DRAINING, false, "rank " + members.indexOf(WorkerState.DRAINING) + " drains");
        }
        long ready = members.stream().filter(WorkerState.READY::equals).count();
        if (ready < nodes) {
            return new Verdict(WorkerState.LOADING, false, ready + " of " + nodes + " nodes are ready");
        }
        return new Verdict(WorkerState.READY, false, "");
    }
}
