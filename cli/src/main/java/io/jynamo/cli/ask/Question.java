package io.jynamo.cli.ask;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One chat message and how it is to be answered.
 *
 * @param system message before it, or null
 * @param model served name, or null for the server's first
 * @param maxTokens of the answer
 * @param temperature null for the model's own
 */
record Question(
        String text,
        @Nullable String system,
        @Nullable String model,
        int maxTokens,
        @Nullable Double temperature) {

    Question withModel(@Nullable String other) {
        return new Question(text, system, other, maxTokens, temperature);
    }

    /** The body of a streaming chat completion. */
    String body(JsonMapper json, String servedName) {
        ObjectNode body = json.createObjectNode();
        body.put("model", servedName);
        var messages = body.putArray("messages");
        if (system != null) {
            messages.addObject().put("role", "system").put("content", system);
        }
        messages.addObject().put("role", "user").put("content", text);
        body.put("max_tokens", maxTokens);
        body.put("stream", true);
        if (temperature != null) {
            body.put("temperature", temperature);
        }
        return body.toString();
    }
}
