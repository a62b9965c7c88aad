package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonWriter;

/**
 * The tokens of a request as its answer reports them.
 *
 * @param cached part of {@code prompt} that was found in the KV cache
 */
public record UsageCount(int prompt, int cached, int output) {
    /** Writes the object; placed by the caller. */
    void write(JsonWriter out) {
        out.raw("{\"prompt_tokens\":").number(prompt);
        out.raw(",\"completion_tokens\":").number(output);
        out.raw(",\"total_tokens\":").number((long) prompt + output);
        out.raw(",\"prompt_tokens_details\":{\"cached_tokens\":").number(cached).raw("}}");
    }
}
