package io.jynamo.runtime.discovery;

/** A store did not do what it was asked. */
final class StoreFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;
    private final boolean leaseLost;

    StoreFailure(String reason, boolean leaseLost, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
        this.leaseLost = leaseLost;
    }

    String reason() {
        return reason;
    }

    /** Whether the reason is that the lease is over: a new one helps. */
    boolean leaseLost() {
        return leaseLost;
    }
}
