package io.jynamo.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The form in which one template wants its messages. Makes new messages and leaves those of the request as they are.
 *
 * @param partsOnly it reads content as a list of parts and not as text
 * @param readsArgumentText it asks whether a call's arguments are a text, so they stay what the client sent
 * @param readsReasoning it reads {@code reasoning_content}
 */
record MessageForm(boolean partsOnly, boolean readsArgumentText, boolean readsReasoning) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> MEDIA =
            Map.of("image_url", "image", "video_url", "video", "audio_url", "audio", "input_audio", "audio");

    List<Map<String, @Nullable Object>> messages(List<? extends Map<String, ? extends @Nullable Object>> messages) {
        List<Map<String, @Nullable Object>> formed = new ArrayList<>(messages.size());
        for (var message : messages) {
            var copy = new LinkedHashMap<String, @Nullable Object>(message);
            if (!readsReasoning && "assistant".equals(copy.get("role"))) {
                moveReasoning(copy);
            }
            copy.computeIfPresent("content", (name, content) -> content(content));
            copy.computeIfPresent(
                    "tool_calls",
                    (name, calls) -> !readsArgumentText && calls instanceof List<?> list ? calls(list) : calls);
            copy.computeIfPresent(
                    "function_call", (name, call) -> call instanceof Map<?, ?> function ? parsed(function) : call);
            formed.add(copy);
        }
        return formed;
    }

    private Object content(Object content) {
        if (content instanceof String text && partsOnly) {
            return List.of(Map.of("type", "text", "text", text));
        }
        if (!(content instanceof List<?> parts) || parts.isEmpty()) {
            return content;
        }
        List<@Nullable Object> formed = new ArrayList<>(parts.size());
        List<String> texts = new ArrayList<>(parts.size());
        for (var part : parts) {
            var media = part instanceof Map<?, ?> object && object.get("type") instanceof String type
                    ? MEDIA.get(type)
                    : null;
            formed.add(media == null ? part : Map.of("type", media));
            if (part instanceof Map<?, ?> object
                    && "text".equals(object.get("type"))
                    && object.get("text") instanceof String text) {
                texts.add(text);
            }
        }
        return texts.size() == parts.size() && !partsOnly ? String.join("\n", texts) : formed;
    }

    private static void moveReasoning(Map<String, @Nullable Object> message) {
        var thoughts = new StringBuilder();
        var reasoning = message.get("reasoning_content");
        for (var segment : reasoning instanceof List<?> segments ? segments : java.util.Arrays.asList(reasoning)) {
            if (segment instanceof String text && !text.isEmpty()) {
                thoughts.append("<think>").append(text).append("</think>");
            }
        }
        if (thoughts.isEmpty()) {
            return;
        }
        var content = message.get("content");
        if (content == null || content instanceof String) {
            message.put("content", thoughts + (content == null ? "" : (String) content));
        } else if (content instanceof List<?> parts) {
            List<@Nullable Object> extended = new ArrayList<>(parts);
            extended.addFirst(Map.of("type", "text", "text", thoughts.toString()));
            message.put("content", extended);
        } else {
            return;
        }
        message.remove("reasoning_content");
    }

    private static List<@Nullable Object> calls(List<?> calls) {
        List<@Nullable Object> formed = new ArrayList<>(calls.size());
        for (var call : calls) {
            if (call instanceof Map<?, ?> object && object.get("function") instanceof Map<?, ?> function) {
                var copy = new LinkedHashMap<@Nullable Object, @Nullable Object>(object);
                copy.put("function", parsed(function));
                formed.add(copy);
            } else {
                formed.add(call);
            }
        }
        return formed;
    }

    /** The function with its arguments as an object where they are the text of one; a blank text is an empty one. */
    private static Map<?, ?> parsed(Map<?, ?> function) {
        if (!(function.get("arguments") instanceof String text)) {
            return function;
        }
        var copy = new LinkedHashMap<@Nullable Object, @Nullable Object>(function);
        try {
            copy.put("arguments", text.isBlank() ? Map.of() : JSON.readValue(text, Object.class));
        } catch (JacksonException _) {
            return function; // The template sees what the client sent, and may refuse it in its own words.
        }
        return copy;
    }

    /** The tools, each function with a schema that names its type and its properties. */
    static List<@Nullable Object> tools(List<?> tools) {
        List<@Nullable Object> formed = new ArrayList<>(tools.size());
        for (var tool : tools) {
            if (tool instanceof Map<?, ?> object && object.get("function") instanceof Map<?, ?> function) {
                var copy = new LinkedHashMap<@Nullable Object, @Nullable Object>(object);
                copy.put("function", withSchema(function));
                formed.add(copy);
            } else {
                formed.add(tool);
            }
        }
        return formed;
    }

    private static Map<?, ?> withSchema(Map<?, ?> function) {
        var given = function.get("parameters");
        if (given != null && !(given instanceof Map)) {
            return function;
        }
        var schema = new LinkedHashMap<@Nullable Object, @Nullable Object>();
        if (given instanceof Map<?, ?> parameters) {
            schema.putAll(parameters);
        }
        schema.putIfAbsent("type", "object");
        schema.putIfAbsent("properties", Map.of());
        var copy = new LinkedHashMap<@Nullable Object, @Nullable Object>(function);
        copy.put("parameters", schema);
        return copy;
    }
}
