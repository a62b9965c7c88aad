package io.jynamo.frontend.anthropic;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.ErrorForm;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.AnswerIdentity;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Errors as Anthropic's clients expect them: {@code {"type": "error", "error": {"type", "message"}, "request_id"}}, and within
 * {@code error} the stable {@code code} and the {@code param} that every error here has.
 *
 * @param requestId {@code req_…}
 */
public record ErrorEnvelope(String requestId) implements ErrorForm {
    /** The header that names a request. */
    public static final String HEADER = "request-id";

    /** What the ids of messages begin with; what follows is the request's own. */
    public static final String MESSAGE = "msg_";

    private static final String REQUEST = "req_";

    /** What the request of a head is called. */
    public static String requestId(RequestHead head) {
        return REQUEST + head.id();
    }

    @Override
    public Answer answer(ErrorCode code, String message, @Nullable String param, @Nullable Duration retryAfter) {
        JsonWriter out = new JsonWriter(256);
        write(out, requestId, code, message, param);
        return ErrorBody.answer(code, out.toArray(), retryAfter).with(HEADER, requestId);
    }

    /** The event that ends a stream which cannot go on. */
    public static void event(JsonWriter out, AnswerIdentity identity, ErrorCode code, String message) {
        out.raw("event: error\ndata: ");
        write(out, REQUEST + identity.id().substring(MESSAGE.length()), code, message, null);
        out.raw("\n\n");
    }

    private static void write(
            JsonWriter out, String requestId, ErrorCode code, String message, @Nullable String param) {
        out.raw("{\"type\":\"error\",\"error\":{\"type\":\"").raw(type(code)).raw("\",\"message\":");
        out.quoted(message).raw(",\"code\":\"").raw(code.id()).raw("\"");
        if (param != null) {
            out.raw(",\"param\":").quoted(param);
        }
        out.raw("},\"request_id\":").quoted(requestId).raw("}");
    }

    static String type(ErrorCode code) {
        return switch (code) {
            case AUTHENTICATION_REQUIRED -> "authentication_error";
            case FORBIDDEN -> "permission_error";
            case BODY_TOO_LARGE, HEADERS_TOO_LARGE -> "request_too_large";
            case REQUEST_TIMEOUT, DEADLINE_EXCEEDED -> "timeout_error";
            default ->
                switch (code.httpStatus()) {
                    case 404 -> "not_found_error";
                    case 503, 529 -> "overloaded_error";
                    default -> code.fault() == ErrorCode.Fault.CALLER ? "invalid_request_error" : "api_error";
                };
        };
    }
}
