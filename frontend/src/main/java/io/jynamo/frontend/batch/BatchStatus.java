package io.jynamo.frontend.batch;

import java.util.Locale;

/**
 * How far a batch is.
 *
 * <pre>
 * VALIDATING  → IN_PROGRESS, FAILED, CANCELLING
 * IN_PROGRESS → FINALIZING, CANCELLING
 * FINALIZING  → COMPLETED, EXPIRED
 * CANCELLING  → CANCELLED
 * </pre>
 */
enum BatchStatus {
    VALIDATING,
    FAILED,
    IN_PROGRESS,
    FINALIZING,
    COMPLETED,
    EXPIRED,
    CANCELLING,
    CANCELLED;

    /** As clients see it. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static BatchStatus of(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }

    /** The member that says since when. */
    String time() {
        return this == VALIDATING ? "created_at" : id() + "_at";
    }

    boolean isOver() {
        return switch (this) {
            case FAILED, COMPLETED, EXPIRED, CANCELLED -> true;
            case VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING -> false;
        };
    }
}
