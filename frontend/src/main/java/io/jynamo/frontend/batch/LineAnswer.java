package io.jynamo.frontend.batch;

import io.jynamo.frontend.files.Records;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * What a line was answered, and what is to be done about it.
 *
 * @param requestId of the request that it was
 * @param body JSON
 */
@SuppressWarnings("ArrayRecordComponent") // written once
record LineAnswer(int status, String requestId, byte[] body, Duration retryAfter) {
    /** What an answer means for its line. */
    enum Meaning {
        ANSWERED,
        /** It will not be otherwise another time. */
        REFUSED,
        /** There was no room for it; it can be asked again for as long as it takes. */
        NO_ROOM,
        /** Something broke; another try or two are worth it. */
        BROKEN,
        /** Its time ran out, perhaps for want of room: worth some more tries. */
        LATE,
        /** Its model is not there, or not yet. */
        NO_MODEL
    }

    static LineAnswer of(Answer answer, String requestId) {
        Duration wait = Duration.ZERO;
        for (Map.Entry<String, String> header : answer.headers()) {
            if (header.getKey().equals("retry-after")) {
                wait = Duration.ofSeconds(Long.parseLong(header.getValue()));
            }
        }
        return new LineAnswer(answer.status(), requestId, answer.body(), wait);
    }

    Meaning meaning() {
        if (status < 400) {
            return Meaning.ANSWERED;
        }
        return switch (code()) {
            case "rate_limit_exceeded", "overloaded", "not_ready", "too_many_connections", "discovery_unreachable" ->
                Meaning.NO_ROOM;
            case "model_not_found" -> Meaning.NO_MODEL;
            case "deadline_exceeded" -> Meaning.LATE;
            default -> status >= 500 && status != 501 && status != 507 ? Meaning.BROKEN : Meaning.REFUSED;
        };
    }

    private String code() {
        try {
            Object error =
                    JsonInput.readObject(body, body.length, Records::members).get("error");
            return error instanceof Map<?, ?> members ? String.valueOf(members.get("code")) : "";
        } catch (RuntimeException none) {
            return "";
        }
    }

    /** A line of the output, or of the errors: the answer that a request had. */
    byte[] line(String id, String customId) {
        JsonWriter out = new JsonWriter(body.length + 256);
        begin(out, id, customId).name("response").beginObject();
        out.name("status_code").value((long) status).name("request_id").value(requestId);
        out.name("body").json(oneLine(body)).endObject();
        return end(out.name("error").nullValue());
    }

    /** A line of the errors, of a request that was not made. */
    static byte[] notRun(String id, String customId, String code, String message) {
        JsonWriter out = new JsonWriter(256);
        begin(out, id, customId).name("response").nullValue();
        out.name("error").beginObject().name("code").value(code).name("message").value(message);
        return end(out.endObject());
    }

    private static JsonWriter begin(JsonWriter out, String id, String customId) {
        return out.beginObject().name("id").value(id).name("custom_id").value(customId);
    }

    private static byte[] end(JsonWriter out) {
        return out.endObject().raw("\n").toArray();
    }

    /** Between its values JSON may have line ends; a line must not. */
    private static byte[] oneLine(byte[] json) {
        if (json.length == 0) {
            return "null".getBytes(StandardCharsets.US_ASCII);
        }
        byte[] line = json.clone();
        for (int i = 0; i < line.length; i++) {
            if (line[i] >= 0 && line[i] < ' ') {
                line[i] = ' ';
            }
        }
        return line;
    }
}
