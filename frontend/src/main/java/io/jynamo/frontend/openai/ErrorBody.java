package io.jynamo.frontend.openai;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.ErrorForm;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Errors as OpenAI's clients expect them: {@code {"error": {"message", "type", "param", "code"}}}. */
public final class ErrorBody {
    /** For clients of OpenAI's paths, and of all that nobody else has a form for. */
    public static final ErrorForm FORM = ErrorBody::answer;

    /** Where nobody said when there will be room. */
    private static final Duration UNKNOWN_WAIT = Duration.ofSeconds(1);
    /** A longer hint is told as this: things change, and a client that waits for an hour is lost. */
    private static final long MAX_WAIT_SECONDS = 60;

    private static final String NO_MEMORY =
            "The server has not the memory to prepare this request beside its others; send less text, or try again shortly.";

    private ErrorBody() {}

    /** What a caller is told of a failure. */
    public static GenerationEnd.Failure failure(Throwable failure) {
        Duration retryAfter = failure instanceof JynamoException known ? known.retryAfter() : null;
        return new GenerationEnd.Failure(code(failure), message(failure), retryAfter);
    }

    /** A whole answer; capacity errors say when to come again. */
    public static Answer answer(ErrorCode code, String message, @Nullable String param) {
        return answer(code, message, param, null);
    }

    /** A whole answer; {@code retryAfter} is what whoever refused said of when to come again, or null. */
    public static Answer answer(ErrorCode code, String message, @Nullable String param, @Nullable Duration retryAfter) {
        JsonWriter out = new JsonWriter(256);
        write(out, code, message, param);
        return answer(code, out.toArray(), retryAfter);
    }

    /** A body that tells of an error, with the status and the headers of its code. */
    public static Answer answer(ErrorCode code, byte[] body, @Nullable Duration retryAfter) {
        Answer answer = Answer.json(code.httpStatus(), body);
        return switch (code) {
            case OVERLOADED, DEADLINE_UNREACHABLE, KV_BLOCKS_EXHAUSTED, TOO_MANY_CONNECTIONS, NOT_READY ->
                answer.with("retry-after", Long.toString(retrySeconds(retryAfter, MAX_WAIT_SECONDS)));
            // The limit is the key's own and the time is known: told as it is.
            case RATE_LIMIT_EXCEEDED ->
                answer.with("retry-after", Long.toString(retrySeconds(retryAfter, Long.MAX_VALUE)));
            case AUTHENTICATION_REQUIRED -> answer.with("www-authenticate", "Bearer");
            default -> answer;
        };
    }

    /** Whole seconds, for the header has no smaller unit; rounded up, for a client that is early is refused again. */
    private static long retrySeconds(@Nullable Duration hint, long most) {
        Duration wait = hint == null ? UNKNOWN_WAIT : hint;
        long seconds = wait.getSeconds() + (wait.getNano() > 0 ? 1 : 0);
        return Math.clamp(seconds, 1, most);
    }

    public static Answer answer(Throwable failure) {
        return FORM.answer(failure);
    }

    public static ErrorCode code(Throwable failure) {
        return switch (failure) {
            case Refusal refused -> refused.code();
            case JynamoException known -> known.code();
            // The heap has no room for what this one needs; the process goes on, and other requests are answered.
            case OutOfMemoryError full -> ErrorCode.OVERLOADED;
            default -> ErrorCode.INTERNAL;
        };
    }

    /** What the caller is told; the inside of a defect stays in the log. */
    public static String message(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            return NO_MEMORY;
        }
        boolean ours = code(failure) == ErrorCode.INTERNAL;
        String message = failure.getMessage();
        return ours || message == null ? "The server failed; its log has the reason." : message;
    }

    /** One {@code data:} event that ends a stream which cannot go on. */
    public static void event(JsonWriter out, ErrorCode code, String message, @Nullable String param) {
        out.raw("data: ");
        write(out, code, message, param);
        out.raw("\n\n");
    }

    private static void write(JsonWriter out, ErrorCode code, String message, @Nullable String param) {
        out.raw("{\"error\":{\"message\":").quoted(message).raw(",\"type\":\"").raw(type(code));
        out.raw("\",\"param\":");
        if (param == null) {
            out.raw("null");
        } else {
            out.quoted(param);
        }
        out.raw(",\"code\":\"").raw(code.id()).raw("\"}}");
    }

    private static String type(ErrorCode code) {
        return switch (code.fault()) {
            case CALLER ->
                switch (code) {
                    case AUTHENTICATION_REQUIRED -> "authentication_error";
                    case RATE_LIMIT_EXCEEDED -> "rate_limit_error";
                    default -> "invalid_request_error";
                };
            case CAPACITY -> code == ErrorCode.DEADLINE_EXCEEDED ? "timeout_error" : "overloaded_error";
            case PEER -> "server_error";
            case US -> code == ErrorCode.NOT_IMPLEMENTED ? "not_implemented_error" : "server_error";
        };
    }
}
