package io.jynamo.frontend.metrics;

import io.jynamo.protocol.ErrorCode;
import java.util.Locale;

/** The label {@code error_type} of a request that ended, as Dynamo's frontend writes it. */
public enum ErrorClass {
    NONE,
    VALIDATION,
    NOT_FOUND,
    OVERLOAD,
    UNAVAILABLE,
    CANCELLED,
    RESPONSE_TIMEOUT,
    INTERNAL,
    NOT_IMPLEMENTED;

    String label() {
        return this == NONE ? "" : name().toLowerCase(Locale.ROOT);
    }

    public static ErrorClass of(ErrorCode code) {
        return switch (code) {
            case MODEL_NOT_FOUND, WORKER_NOT_FOUND, ROUTE_NOT_FOUND -> NOT_FOUND;
            case OVERLOADED, DEADLINE_UNREACHABLE, KV_BLOCKS_EXHAUSTED, TOO_MANY_CONNECTIONS -> OVERLOAD;
            case NOT_READY, DISCOVERY_UNREACHABLE -> UNAVAILABLE;
            case CANCELLED -> ErrorClass.CANCELLED;
            case DEADLINE_EXCEEDED -> RESPONSE_TIMEOUT;
            case NOT_IMPLEMENTED -> ErrorClass.NOT_IMPLEMENTED;
            default -> code.fault() == ErrorCode.Fault.CALLER ? VALIDATION : INTERNAL;
        };
    }
}
