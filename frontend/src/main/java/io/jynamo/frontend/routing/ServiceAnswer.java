package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Answers as Dynamo's services give them: {@code {"status":"ok"}} and {@code {"error": TEXT, "code": ID}}. */
final class ServiceAnswer {
    /** What Dynamo's selection service says where everybody is full; its frontend says 529. */
    private static final int TOO_MANY_REQUESTS = 429;

    private ServiceAnswer() {}

    static Answer ok(int status) {
        return json(
                status,
                new JsonWriter(32).beginObject().name("status").value("ok").endObject());
    }

    static Answer json(int status, JsonWriter out) {
        return Answer.json(status, out.toArray());
    }

    static Answer error(Throwable failure) {
        Duration retryAfter = failure instanceof JynamoException known ? known.retryAfter() : null;
        return error(ErrorBody.code(failure), ErrorBody.message(failure), retryAfter);
    }

    static Answer error(ErrorCode code, String message, @Nullable Duration retryAfter) {
        JsonWriter out = new JsonWriter(256);
        out.beginObject().name("error").value(message).name("code").value(code.id());
        int status = code == ErrorCode.OVERLOADED ? TOO_MANY_REQUESTS : code.httpStatus();
        Answer answer = json(status, out.endObject());
        if (code == ErrorCode.AUTHENTICATION_REQUIRED) {
            return answer.with("www-authenticate", "Bearer");
        }
        return retryAfter == null
                ? answer
                : answer.with("retry-after", Long.toString(Math.max(1, retryAfter.toSeconds())));
    }
}
