package io.jynamo.frontend.admin;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.json.JsonWriter;

/** Answers that every {@link AdminSubject} gives alike. */
public final class AdminAnswer {
    private AdminAnswer() {}

    /**
     * It drains.
     *
     * @param running requests that still run
     */
    public static Answer draining(int running) {
        JsonWriter out = new JsonWriter(64);
        out.beginObject().name("status").value("draining").name("running").value((long) running);
        return Answer.json(200, out.endObject().toArray());
    }
}
