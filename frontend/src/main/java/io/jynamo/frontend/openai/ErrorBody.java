package io.jynamo.frontend.openai;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import org.jspecify.annotations.Nullable;

/** Errors as OpenAI's clients expect them: {@code {"error": {"message", "type", "param", "code"}}}. */
public final class ErrorBody {
    private ErrorBody() {}

    /** A whole answer; capacity errors say when to come again. */
    public static Answer answer(ErrorCode code, String message, @Nullable String param) {
        JsonWriter out = new JsonWriter(256);
        write(out, code, message, param);
        Answer answer = Answer.json(code.httpStatus(), out.toArray());
        return switch (code) {
            case OVERLOADED, KV_BLOCKS_EXHAUSTED -> answer.with("retry-after", "1");
            case NOT_READY -> answer.with("retry-after", "2");
            case AUTHENTICATION_REQUIRED -> answer.with("www-authenticate", "Bearer");
            default -> answer;
        };
    }

    public static Answer answer(Throwable failure) {
        return switch (failure) {
            case Refusal refused -> answer(refused.code(), message(refused), refused.param());
            case JynamoException known -> answer(known.code(), message(known), null);
            default -> answer(ErrorCode.INTERNAL, message(failure), null);
        };
    }

    public static ErrorCode code(Throwable failure) {
        return switch (failure) {
            case Refusal refused -> refused.code();
            case JynamoException known -> known.code();
            default -> ErrorCode.INTERNAL;
        };
    }

    /** What the caller is told; the inside of a defect stays in the log. */
    public static String message(Throwable failure) {
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
            case CALLER -> code == ErrorCode.AUTHENTICATION_REQUIRED ? "authentication_error" : "invalid_request_error";
            case CAPACITY -> code == ErrorCode.DEADLINE_EXCEEDED ? "timeout_error" : "overloaded_error";
            case PEER -> "server_error";
            case US -> code == ErrorCode.NOT_IMPLEMENTED ? "not_implemented_error" : "server_error";
        };
    }
}
