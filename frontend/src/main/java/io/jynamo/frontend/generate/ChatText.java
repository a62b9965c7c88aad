package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.openai.ChatRequest;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.text.ChatTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Renders a conversation through its model's chat template. */
final class ChatText {
    private ChatText() {}

    static String render(ChatRequest request, ServedModel model) {
        ChatTemplate template = model.template();
        if (template == null) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "The model `" + model.name() + "` has no chat template; use /v1/completions.",
                    "model");
        }
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        variables.put("messages", flattened(request.messages()));
        variables.put("add_generation_prompt", request.addGenerationPrompt());
        if (model.bosText() != null) {
            variables.put("bos_token", model.bosText());
        }
        if (model.eosText() != null) {
            variables.put("eos_token", model.eosText());
        }
        variables.putAll(request.templateVariables());
        String rendered = template.render(variables);
        return request.continueFinalMessage() ? upToLastMessage(rendered, request.messages()) : rendered;
    }

    /** Cuts what the template puts after the last message, so that the model goes on with it. */
    private static String upToLastMessage(String rendered, List<Map<String, @Nullable Object>> messages) {
        String last = messages.getLast().get("content") instanceof String text ? text.strip() : "";
        int at = rendered.lastIndexOf(last);
        if (at < 0) {
            throw new Refusal(
                    ErrorCode.TEMPLATE_FAILED,
                    "`continue_final_message` cannot be done: the template changes the last message.",
                    "continue_final_message");
        }
        return rendered.substring(0, at + last.length());
    }

    private static List<Map<String, @Nullable Object>> flattened(List<Map<String, @Nullable Object>> messages) {
        List<Map<String, @Nullable Object>> flat = new ArrayList<>(messages.size());
        for (Map<String, @Nullable Object> message : messages) {
            if (message.get("content") instanceof List<?> parts) {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>(message);
                copy.put("content", joined(parts));
                flat.add(copy);
            } else {
                flat.add(message);
            }
        }
        return flat;
    }

    private static String joined(List<?> parts) {
        StringBuilder text = new StringBuilder();
        for (Object part : parts) {
            if (part instanceof Map<?, ?> map) {
                Object value = map.get("text") != null ? map.get("text") : map.get("refusal");
                text.append(value == null ? "" : value);
            }
        }
        return text.toString();
    }
}
