package io.jynamo.frontend.batch;

import io.jynamo.frontend.files.Records;
import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.keys.Owner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Batches as JSON: as clients see them, and as they are kept. */
final class BatchRecord {
    private static final List<String> TIMES = List.of(
            "created_at",
            "in_progress_at",
            "expires_at",
            "finalizing_at",
            "completed_at",
            "failed_at",
            "expired_at",
            "cancelling_at",
            "cancelled_at");

    private BatchRecord() {}

    /** As clients see it. */
    static void write(Batch batch, JsonWriter out) {
        out.beginObject();
        members(batch, out);
        out.endObject();
    }

    /** As it is kept. */
    static byte[] kept(Batch batch) {
        JsonWriter out = new JsonWriter(1_024);
        out.beginObject();
        members(batch, out);
        out.name("key")
                .value(batch.owner().key())
                .name("tenant")
                .value(batch.owner().tenant());
        out.name("output_seconds").value(batch.outputSeconds());
        BatchStatus endsAs = batch.endsAs();
        out.name("ends_as").value(endsAs == null ? null : endsAs.id());
        out.name("kept_output").value(batch.outputFile());
        out.name("kept_errors").value(batch.errorFile());
        return out.endObject().toArray();
    }

    private static void members(Batch batch, JsonWriter out) {
        out.name("id").value(batch.id()).name("object").value("batch");
        out.name("endpoint").value(batch.endpoint());
        out.name("errors");
        if (batch.errors().isEmpty()) {
            out.nullValue();
        } else {
            out.beginObject().name("object").value("list").name("data").beginArray();
            batch.errors().forEach(error -> error.write(out));
            out.endArray().endObject();
        }
        out.name("input_file_id").value(batch.inputFile());
        out.name("completion_window").value(CreateBatch.WINDOW);
        out.name("status").value(batch.status().id());
        out.name("output_file_id").value(batch.status().isOver() ? batch.outputFile() : null);
        out.name("error_file_id").value(batch.status().isOver() ? batch.errorFile() : null);
        for (String name : TIMES) {
            Long time = batch.times().get(name);
            if (time == null) {
                out.name(name).nullValue();
            } else {
                out.name(name).value(time.longValue());
            }
        }
        Batch.Counts counts = batch.counts();
        out.name("request_counts").beginObject().name("total").value(counts.total());
        out.name("completed").value(counts.completed());
        out.name("failed").value(counts.failed()).endObject();
        out.name("metadata").tree(batch.metadata().isEmpty() ? null : batch.metadata());
    }

    /** Reads what {@link #kept} wrote. */
    static Batch read(byte[] record) {
        Map<String, @Nullable Object> members = JsonInput.readObject(record, record.length, Records::members);
        Map<String, Long> times = new LinkedHashMap<>();
        for (String name : TIMES) {
            if (members.get(name) instanceof Long time) {
                times.put(name, time);
            }
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        object(members, "metadata").forEach((name, value) -> metadata.put(String.valueOf(name), String.valueOf(value)));
        Map<?, ?> counts = object(members, "request_counts");
        List<?> errors = object(members, "errors").get("data") instanceof List<?> list ? list : List.of();
        return new Batch(
                Records.text(members, "id"),
                new Owner(Records.text(members, "key"), Records.text(members, "tenant")),
                Records.text(members, "endpoint"),
                Records.text(members, "input_file_id"),
                metadata,
                Records.number(members, "output_seconds"),
                BatchStatus.of(Records.text(members, "status")),
                times,
                new Batch.Counts(count(counts, "total"), count(counts, "completed"), count(counts, "failed")),
                errors.stream().map(one -> BatchError.read((Map<?, ?>) one)).toList(),
                members.get("ends_as") instanceof String as ? BatchStatus.of(as) : null,
                text(members, "kept_output"),
                text(members, "kept_errors"));
    }

    private static Map<?, ?> object(Map<String, @Nullable Object> members, String name) {
        return members.get(name) instanceof Map<?, ?> object ? object : Map.of();
    }

    private static @Nullable String text(Map<String, @Nullable Object> members, String name) {
        return members.get(name) instanceof String text ? text : null;
    }

    private static long count(Map<?, ?> counts, String name) {
        return counts.get(name) instanceof Long count ? count : 0;
    }
}
