package io.jynamo.frontend.batch;

import io.jynamo.frontend.json.JsonWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a batch's input.
 *
 * @param line from 1, or 0 where it is no line in particular
 */
record BatchError(String code, String message, @Nullable String param, long line) {
    void write(JsonWriter out) {
        out.beginObject().name("code").value(code).name("message").value(message);
        out.name("param").value(param).name("line");
        if (line == 0) {
            out.nullValue();
        } else {
            out.value(line);
        }
        out.endObject();
    }

    static BatchError read(Map<?, ?> members) {
        return new BatchError(
                String.valueOf(members.get("code")),
                String.valueOf(members.get("message")),
                members.get("param") instanceof String param ? param : null,
                members.get("line") instanceof Long line ? line : 0);
    }
}
