package io.jynamo.frontend.generate;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.keys.RunFacts;
import io.jynamo.frontend.openai.AnswerIdentity;
import io.jynamo.frontend.openai.ChunkWriter;
import io.jynamo.frontend.openai.TokenList;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was asked to be told besides the answer: headers, side events and members of the answer's own nvext object. */
final class RunExtras {
    private final Prepared prepared;
    private final Timing timing;
    private final Set<String> fields;
    private final List<Map.Entry<String, String>> headers;
    private final List<ReplyParts.Warning> warnings = new ArrayList<>(0);
    private byte @Nullable [] kept;

    /** @param headers of the answer, beside those it has anyway */
    RunExtras(Prepared prepared, Timing timing, List<Map.Entry<String, String>> headers) {
        this.prepared = prepared;
        this.timing = timing;
        this.headers = headers;
        this.fields = prepared.options().nvext().extraFields();
    }

    /** When things happened and where; filled in by the run. */
    static final class Timing {
        final long arrivedNanos;
        final long arrivedMillis;
        long firstTokenNanos;
        int promptTokens;
        int cachedTokens;

        /** Written by whoever places the run, read by those who watch the fleet. */
        volatile @Nullable WorkerId worker;

        Timing(long arrivedNanos) {
            this.arrivedNanos = arrivedNanos;
            this.arrivedMillis = System.currentTimeMillis() - (System.nanoTime() - arrivedNanos) / 1_000_000;
        }

        /** A request with media was computed: what they became was known to nobody before. */
        void onCounted(GenerationRequest request, GenerationEnd end) {
            if (request.chat() != null && end.usage().prompt() > 0) {
                promptTokens = end.usage().prompt();
            }
        }

        /** What the run came to; {@code started} is null where no worker had it. */
        RunFacts facts(@Nullable Started started) {
            return new RunFacts(
                    started != null,
                    promptTokens,
                    cachedTokens,
                    started == null ? 0 : started.outputTokens(),
                    firstTokenNanos == 0 ? 0 : firstTokenNanos - arrivedNanos,
                    worker,
                    started == null ? null : started.choices()[0].finish());
        }
    }

    /** Something that the answer must say of its request; before the run begins. */
    void warn(ReplyParts.Warning warning) {
        warnings.add(warning);
    }

    List<Map.Entry<String, String>> headers() {
        return headers;
    }

    /** The answer's nvext object at the end of a choice, or null when nothing was asked for and nothing is wrong. */
    byte @Nullable [] json(ChoiceState choice) {
        List<ReplyParts.Warning> told = new ArrayList<>(warnings);
        told.addAll(choice.reply().warnings());
        if (fields.isEmpty() && told.isEmpty()) {
            return null;
        }
        JsonWriter out = new JsonWriter(256);
        out.beginObject();
        WorkerId worker = timing.worker;
        if (fields.contains("worker_id") && worker != null) {
            byte[] id = Long.toUnsignedString(worker.value()).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            out.name("worker_id").beginObject().name("prefill_worker_id").json(id);
            out.name("decode_worker_id").json(id).endObject();
        }
        if (fields.contains("timing")) {
            timing(out);
        }
        if (fields.contains("stop_reason")) {
            out.name("stop_reason").tree(choice.stopReason());
        }
        if (!told.isEmpty()) {
            out.name("warnings").beginArray();
            for (ReplyParts.Warning warning : told) {
                out.beginObject().name("code").value(warning.code());
                out.name("detail").value(warning.detail()).endObject();
            }
            out.endArray();
        }
        TokenList ids = choice.shownIds();
        if (ids != null) {
            out.name("completion_token_ids").beginArray();
            for (int i = 0; i < ids.count(); i++) {
                out.value((long) ids.at(i));
            }
            out.endArray();
        }
        return out.endObject().toArray();
    }

    private void timing(JsonWriter out) {
        out.name("timing").beginObject().name("request_received_ms").value(timing.arrivedMillis);
        if (timing.firstTokenNanos != 0) {
            out.name("ttft_ms").value((timing.firstTokenNanos - timing.arrivedNanos) / 1e6);
        }
        out.name("total_time_ms").value((System.nanoTime() - timing.arrivedNanos) / 1e6);
        if (timing.promptTokens > 0) {
            out.name("kv_hit_rate").value(timing.cachedTokens / (double) timing.promptTokens);
        }
        out.endObject();
    }

    /** Keeps the object of the first choice for an answer that is sent whole. */
    void keep(ChoiceState choice) {
        if (choice.index() == 0) {
            kept = json(choice);
        }
    }

    byte @Nullable [] kept() {
        return kept;
    }

    /** Side events at the head of a stream. */
    void annotations(JsonWriter out, AnswerIdentity identity) {
        Set<String> asked = prepared.options().nvext().annotations();
        if (asked.contains("request_id")) {
            ChunkWriter.annotation(
                    out, "request_id", new JsonWriter(64).value(identity.id()).toArray());
        }
        String rendered = prepared.rendered();
        if (asked.contains("formatted_prompt") && rendered != null) {
            ChunkWriter.annotation(
                    out, "formatted_prompt", new JsonWriter(256).value(rendered).toArray());
        }
        if (asked.contains("token_ids")) {
            JsonWriter ids = new JsonWriter(256);
            ids.beginArray();
            for (int id : prepared.prompts().getFirst().tokens().toArray()) {
                ids.value((long) id);
            }
            ChunkWriter.annotation(out, "token_ids", ids.endArray().toArray());
        }
    }
}
