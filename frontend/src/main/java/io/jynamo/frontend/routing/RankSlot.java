package io.jynamo.frontend.routing;

import java.util.function.LongSupplier;

/** One rank that the selection service may choose. */
final class RankSlot {
    private final Rank rank;
    private final KvSource.Address address;
    private final KvSource source;
    private final LoadLedger ledger;
    private volatile WorkerDetails details;

    RankSlot(Rank rank, KvSource.Address address, KvSource source, WorkerDetails details, LongSupplier nanoTime) {
        this.rank = rank;
        this.address = address;
        this.source = source;
        this.details = details;
        this.ledger = new LoadLedger(address.blockTokens(), nanoTime);
    }

    Rank rank() {
        return rank;
    }

    KvSource.Address address() {
        return address;
    }

    KvSource source() {
        return source;
    }

    LoadLedger ledger() {
        return ledger;
    }

    WorkerDetails details() {
        return details;
    }

    void tell(WorkerDetails changed) {
        details = changed;
    }
}
