package io.jynamo.frontend.anthropic;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.UsageCount;

/**
 * Tokens as Anthropic counts them: those of the prompt that were found in the cache are not among {@code input_tokens}. What is
 * written to the cache costs nothing here and is not told apart.
 */
final class MessageUsage {
    private MessageUsage() {}

    /** Writes the object. */
    static void write(JsonWriter out, UsageCount usage, int output) {
        out.beginObject().name("input_tokens").value((long) usage.prompt() - usage.cached());
        out.name("cache_creation_input_tokens").value(0L);
        out.name("cache_read_input_tokens").value((long) usage.cached());
        out.name("output_tokens").value((long) output).endObject();
    }
}
