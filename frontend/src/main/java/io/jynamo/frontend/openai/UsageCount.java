package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonWriter;

/**
 * The tokens of a request as its answer reports them.
 *
 * @param cached part of {@code prompt} that was found in the KV cache
 * @param reasoning part of {@code output}, as near as text tells of tokens
 */
public record UsageCount(int prompt, int cached, int output, int reasoning) {
    /**
     * Writes the object; placed by the caller.
     *
     * @param chat whether the output may have been reasoning
     */
    void write(JsonWriter out, boolean chat) {
        out.raw("{\"prompt_tokens\":").number(prompt);
        out.raw(",\"completion_tokens\":").number(output);
        out.raw(",\"total_tokens\":").number((long) prompt + output);
        out.raw(",\"prompt_tokens_details\":{\"cached_tokens\":").number(cached).raw("}");
        if (chat) {
            out.raw(",\"completion_tokens_details\":{\"reasoning_tokens\":")
                    .number(reasoning)
                    .raw("}");
        }
        out.raw("}");
    }
}
