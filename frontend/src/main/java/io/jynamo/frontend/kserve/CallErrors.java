package io.jynamo.frontend.kserve;

import io.grpc.Metadata;
import io.grpc.Status;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.ErrorForm;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a call is told that it failed: a gRPC status, and our stable code and the time to come again as trailing metadata. */
final class CallErrors implements ErrorForm {
    static final CallErrors FORM = new CallErrors();

    static final Metadata.Key<String> CODE = ascii("x-jynamo-error-code");
    private static final Metadata.Key<String> RETRY_AFTER = ascii("retry-after");
    /** In milliseconds, as gRPC's clients that retry by themselves read it. */
    private static final Metadata.Key<String> PUSHBACK = ascii("grpc-retry-pushback-ms");

    private static final String OUR_DEFECT = "The server failed; its log has the reason.";

    private static final int MOST_TOLD = 800;

    private CallErrors() {}

    static Metadata.Key<String> ascii(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @Override
    public Answer answer(ErrorCode code, String message, @Nullable String param, @Nullable Duration retryAfter) {
        String told = code == ErrorCode.INTERNAL ? OUR_DEFECT : message;
        if (told.length() > MOST_TOLD) {
            told = told.substring(0, MOST_TOLD) + "…"; // clients take 8 KiB of trailers
        }
        return ErrorBody.answer(code, told.getBytes(StandardCharsets.UTF_8), retryAfter)
                .with(CODE.name(), code.id());
    }

    /** The code of an answer that was made here. */
    static ErrorCode code(Answer answer) {
        for (Map.Entry<String, String> header : answer.headers()) {
            if (header.getKey().equals(CODE.name())) {
                return ErrorCode.valueOf(header.getValue().toUpperCase(Locale.ROOT));
            }
        }
        return ErrorCode.INTERNAL;
    }

    /** What its client is told of it. */
    static String message(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    static Status status(Answer answer) {
        return status(code(answer)).withDescription(message(answer));
    }

    static Metadata trailers(Answer answer) {
        Metadata trailers = new Metadata();
        answer.headers().forEach(header -> trailers.put(ascii(header.getKey()), header.getValue()));
        String seconds = trailers.get(RETRY_AFTER);
        if (seconds != null) {
            trailers.put(PUSHBACK, seconds + "000");
        }
        return trailers;
    }

    private static Status status(ErrorCode code) {
        return switch (code) {
            case INVALID_REQUEST,
                    INVALID_JSON,
                    UNSUPPORTED_PARAMETER,
                    CONTEXT_LENGTH_EXCEEDED,
                    TEMPLATE_FAILED,
                    UNSUPPORTED_MEDIA_TYPE,
                    MALFORMED_FIELD -> Status.INVALID_ARGUMENT;
            case AUTHENTICATION_REQUIRED -> Status.UNAUTHENTICATED;
            case FORBIDDEN -> Status.PERMISSION_DENIED;
            case MODEL_NOT_FOUND, WORKER_NOT_FOUND, NOT_FOUND, STREAM_EXPIRED -> Status.NOT_FOUND;
            case ROUTE_NOT_FOUND, METHOD_NOT_ALLOWED, NOT_IMPLEMENTED -> Status.UNIMPLEMENTED;
            case REQUEST_TIMEOUT, DEADLINE_EXCEEDED -> Status.DEADLINE_EXCEEDED;
            case CONFLICT -> Status.ABORTED;
            case CANCELLED -> Status.CANCELLED;
            case BODY_TOO_LARGE,
                    HEADERS_TOO_LARGE,
                    RATE_LIMIT_EXCEEDED,
                    OVERLOADED,
                    KV_BLOCKS_EXHAUSTED,
                    DEADLINE_UNREACHABLE -> Status.RESOURCE_EXHAUSTED;
            case TOO_MANY_CONNECTIONS, NOT_READY, DISCOVERY_UNREACHABLE, WORKER_LOST -> Status.UNAVAILABLE;
            default -> Status.INTERNAL; // models' files and processes: no request meets them
        };
    }
}
