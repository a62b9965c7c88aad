package io.jynamo.cli.graph.supervision;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a replica is doing. */
public enum ReplicaState {
    /** It died; it is started again after a pause. */
    WAITING,
    /** Its process runs and has not said that it is ready. */
    STARTING,
    READY,
    /** It was asked to end, and what it serves may finish. */
    DRAINING,
    /** It has died several times in a row, and is tried again. */
    FAILING;

    /** As users see it. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
