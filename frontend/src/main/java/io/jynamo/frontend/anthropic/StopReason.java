package io.jynamo.frontend.anthropic;

import io.jynamo.frontend.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/**
 * Why a message ends.
 *
 * @param name {@code end_turn}, {@code max_tokens}, {@code stop_sequence} or {@code tool_use}
 * @param sequence the stop sequence that was met, or null
 */
public record StopReason(String name, @Nullable String sequence) {
    /**
     * Of OpenAI's finish reason.
     *
     * @param stop what was met that ended it: a text that the request named, another thing, or null
     */
    public static StopReason of(String finish, @Nullable Object stop) {
        return switch (finish) {
            case "length" -> new StopReason("max_tokens", null);
            case "tool_calls" -> new StopReason("tool_use", null);
            default ->
                stop instanceof String text ? new StopReason("stop_sequence", text) : new StopReason("end_turn", null);
        };
    }

    /** Writes two members of an object. */
    void write(JsonWriter out) {
        out.name("stop_reason").value(name).name("stop_sequence").value(sequence);
    }
}
