package io.jynamo.engine.attached;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import org.jspecify.annotations.Nullable;

/** Why a request was ended from our side. */
enum Ending {
    CANCELLED(null, ""),
    DEADLINE(ErrorCode.DEADLINE_EXCEEDED, "the request's time ran out"),
    SILENCE(ErrorCode.WORKER_LOST, "the engine fell silent in the middle of its answer"),
    LOST(ErrorCode.WORKER_LOST, "the engine lost a part of itself"),
    EXCHANGED(ErrorCode.WORKER_LOST, "the engine serves another model now"),
    CLOSED(ErrorCode.WORKER_LOST, "the worker was closed");

    private final @Nullable ErrorCode code;
    private final String message;

    Ending(@Nullable ErrorCode code, String message) {
        this.code = code;
        this.message = message;
    }

    /** What the client is told, or null where it asked for it. */
    GenerationEnd.@Nullable Failure failure() {
        return code == null ? null : new GenerationEnd.Failure(code, message);
    }
}
