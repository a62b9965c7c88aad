package io.jynamo.frontend.routing;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.WorkerId;

/** One data-parallel rank of a worker, which has a cache and a load of its own. */
record Rank(long worker, int rank) implements Comparable<Rank> {
    /** Who it is to a router: the same in every process that knows it. */
    WorkerId id() {
        return new WorkerId(BlockHasher.chain(worker, rank));
    }

    String workerText() {
        return Long.toUnsignedString(worker);
    }

    String rankText() {
        return Integer.toUnsignedString(rank);
    }

    @Override
    public int compareTo(Rank other) {
        int byWorker = Long.compareUnsigned(worker, other.worker);
        return byWorker != 0 ? byWorker : Integer.compareUnsigned(rank, other.rank);
    }

    @Override
    public String toString() {
        return "worker " + workerText() + " dp_rank " + rankText();
    }
}
