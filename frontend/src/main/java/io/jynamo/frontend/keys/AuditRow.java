package io.jynamo.frontend.keys;

import io.jynamo.frontend.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is written down of one request.
 *
 * @param epochMillis when its head was read
 * @param id that its answer has, or null
 * @param clientId that its client gave it, or null
 * @param key the name of its key, empty for none
 * @param model that answered, or null
 * @param status of its answer; 499 where its client left before
 * @param error its error's id, or null
 * @param durationNanos from its head to its end
 * @param client the address it came from
 * @param request the beginning of its body, or null where that is not written down
 * @param answer the beginning of its answer's, or null
 * @param leftOut rows of strangers that were not written before it
 */
@SuppressWarnings("ArrayRecordComponent") // written by nobody after it is made
record AuditRow(
        long epochMillis,
        @Nullable String id,
        @Nullable String clientId,
        String key,
        String tenant,
        @Nullable String model,
        String method,
        String path,
        int status,
        @Nullable String error,
        RunFacts facts,
        long durationNanos,
        String client,
        byte @Nullable [] request,
        byte @Nullable [] answer,
        long leftOut) {
    private static final int PLAIN_BYTES = 1_024;

    /** How much of memory it takes while it waits, about. */
    int size() {
        return PLAIN_BYTES + (request == null ? 0 : request.length) + (answer == null ? 0 : answer.length);
    }

    /** One line of JSON. */
    byte[] line() {
        JsonWriter out = new JsonWriter(PLAIN_BYTES);
        out.beginObject().name("time").value(Instant.ofEpochMilli(epochMillis).toString());
        out.name("request_id").value(id).name("client_request_id").value(clientId);
        out.name("key").value(key).name("tenant").value(tenant).name("client").value(client);
        out.name("method")
                .value(method)
                .name("endpoint")
                .value(path)
                .name("model")
                .value(model);
        out.name("status").value((long) status).name("error").value(error);
        out.name("finish_reason").value(facts.finish());
        out.name("prompt_tokens").value(facts.promptTokens());
        out.name("cached_tokens").value(facts.cachedTokens());
        out.name("completion_tokens").value(facts.completionTokens());
        out.name("duration_ms").value(millis(durationNanos)).name("ttft_ms");
        if (facts.firstTokenNanos() == 0) {
            out.nullValue();
        } else {
            out.value(millis(facts.firstTokenNanos()));
        }
        var worker = facts.worker();
        out.name("worker_id").value(worker == null ? null : Long.toUnsignedString(worker.value()));
        if (leftOut > 0) {
            out.name("left_out").value(leftOut);
        }
        payload(out, "request", request);
        payload(out, "answer", answer);
        return out.endObject().raw("\n").toArray();
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }

    private static void payload(JsonWriter out, String name, byte @Nullable [] bytes) {
        if (bytes != null) {
            out.name(name).value(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
