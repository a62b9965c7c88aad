package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.UsageCount;

/** The tokens of a response as Responses tell them. */
public record ResponseUsage(UsageCount count) {
    void write(JsonWriter out) {
        out.beginObject().name("input_tokens").value((long) count.prompt());
        out.name("input_tokens_details").beginObject();
        out.name("cached_tokens").value((long) count.cached());
        out.name("cache_write_tokens").value(0L).endObject(); // nobody pays for writing, so nobody counts it
        out.name("output_tokens").value((long) count.output());
        out.name("output_tokens_details").beginObject();
        out.name("reasoning_tokens").value((long) count.reasoning()).endObject();
        out.name("total_tokens").value((long) count.prompt() + count.output());
        out.endObject();
    }
}
