package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import org.jspecify.annotations.Nullable;

/** How far a response is, or how it ended. */
public sealed interface ResponseEnd {
    /** It has not ended. */
    record None() implements ResponseEnd {}

    /**
     * It ended as responses do.
     *
     * @param cut its token limit ended it
     * @param completedSeconds Unix time
     * @param nvext its extension object as JSON, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, sent once
    record Complete(boolean cut, long completedSeconds, ResponseUsage usage, byte @Nullable [] nvext)
            implements ResponseEnd {}

    /** It could not go on. */
    record Failed(GenerationEnd.Failure failure) implements ResponseEnd {}

    default String status() {
        return switch (this) {
            case None none -> "in_progress";
            case Complete complete -> complete.cut() ? "incomplete" : "completed";
            case Failed failed -> "failed";
        };
    }

    /** Writes the members that say it. */
    default void write(JsonWriter out) {
        out.name("status").value(status());
        out.name("background").value(false);
        out.name("completed_at");
        if (this instanceof Complete complete && !complete.cut()) {
            out.value(complete.completedSeconds());
        } else {
            out.nullValue();
        }
        out.name("error");
        if (this instanceof Failed failed) {
            out.beginObject().name("code").value(code(failed.failure().code()));
            out.name("message").value(failed.failure().message()).endObject();
        } else {
            out.nullValue();
        }
        out.name("incomplete_details");
        if (this instanceof Complete complete && complete.cut()) {
            out.beginObject().name("reason").value("max_output_tokens").endObject();
        } else {
            out.nullValue();
        }
    }

    /** The nearest of OpenAI's few; the error event has ours. */
    private static String code(ErrorCode code) {
        return code.fault() == ErrorCode.Fault.CAPACITY ? "rate_limit_exceeded" : "server_error";
    }
}
