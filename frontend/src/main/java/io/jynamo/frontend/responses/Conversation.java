package io.jynamo.frontend.responses;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Items on their way to being the messages of a chat. What an assistant did in one turn is several items and one message: its
 * reasoning, what it said, what it called. Instructions and the system's messages before all else are one message, for few
 * templates take two.
 */
final class Conversation {
    private final List<Map<String, @Nullable Object>> messages = new ArrayList<>();
    private final StringBuilder system = new StringBuilder();

    /** The assistant's message that further items may join, or null. */
    private @Nullable Map<String, @Nullable Object> turn;

    /** Where what is added now was, for refusals. */
    private String place = "input";

    private Conversation() {}

    /** @param before how many of the items were said before this request */
    static List<Map<String, @Nullable Object>> messages(
            @Nullable String instructions, List<Map<String, @Nullable Object>> items, int before) {
        Conversation conversation = new Conversation();
        if (instructions != null) {
            conversation.addSystem(instructions);
        }
        for (int i = 0; i < items.size(); i++) {
            conversation.place = i < before ? "previous_response_id" : "input[" + (i - before) + "].content";
            conversation.add(items.get(i));
        }
        return conversation.whole();
    }

    private List<Map<String, @Nullable Object>> whole() {
        if (!system.isEmpty()) {
            messages.addFirst(message("system", system.toString()));
        }
        return messages;
    }

    private void add(Map<String, @Nullable Object> item) {
        switch (String.valueOf(item.get("type"))) {
            case InputItems.MESSAGE -> addMessage(String.valueOf(item.get("role")), item.get("content"));
            case InputItems.REASONING -> addReasoning(item);
            case InputItems.CALL, InputItems.CUSTOM_CALL -> addCall(item);
            case InputItems.CALL_OUTPUT, InputItems.CUSTOM_OUTPUT -> {
                Object told = item.get("output") instanceof List<?> parts
                        ? ItemMedia.parts(parts, place.replace(".content", ".output"))
                        : String.valueOf(item.get("output"));
                Map<String, @Nullable Object> output = message("tool", told);
                output.put("tool_call_id", item.get("call_id"));
                addOther(output);
            }
            default -> throw new IllegalStateException("no item of a conversation: " + item.get("type"));
        }
    }

    private void addMessage(String role, @Nullable Object content) {
        String text = InputItems.joined(content);
        switch (role) {
            case "system", "developer" -> {
                if (messages.isEmpty()) {
                    addSystem(text);
                } else {
                    addOther(message("system", text));
                }
            }
            case "assistant" -> {
                Map<String, @Nullable Object> now = turn(has("tool_calls") || hasText());
                now.put("content", text);
            }
            default -> addOther(message(role, ItemMedia.isIn(content) ? ItemMedia.parts(content, place) : text));
        }
    }

    private void addSystem(String text) {
        system.append(system.isEmpty() ? "" : "\n\n").append(text);
    }

    private void addReasoning(Map<String, @Nullable Object> item) {
        String content = InputItems.joined(item.get("content"));
        String text = content.isEmpty() ? InputItems.joined(item.get("summary")) : content;
        if (!text.isEmpty()) {
            turn(has("reasoning_content") || has("tool_calls") || hasText()).put("reasoning_content", text);
        }
    }

    private void addCall(Map<String, @Nullable Object> item) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        String name = String.valueOf(item.get("name"));
        function.put(
                "name",
                item.get("namespace") instanceof String namespace ? new CalledName(namespace, name).told() : name);
        boolean custom = InputItems.CUSTOM_CALL.equals(item.get("type"));
        function.put("arguments", custom ? CustomTools.arguments(item.get("input")) : item.get("arguments"));
        Map<String, @Nullable Object> call = new LinkedHashMap<>();
        call.put("id", item.get("call_id"));
        call.put("type", "function");
        call.put("function", function);
        Map<String, @Nullable Object> now = turn(false);
        List<@Nullable Object> calls =
                new ArrayList<>(now.get("tool_calls") instanceof List<?> some ? some : List.of());
        calls.add(call);
        now.put("tool_calls", calls);
    }

    private boolean has(String member) {
        return turn != null && turn.get(member) != null;
    }

    private boolean hasText() {
        return turn != null && !"".equals(turn.get("content"));
    }

    /** The assistant's message that an item joins; a new one where there is none, or the item needs one. */
    private Map<String, @Nullable Object> turn(boolean anew) {
        Map<String, @Nullable Object> now = turn;
        if (now == null || anew) {
            now = message("assistant", "");
            messages.add(now);
            turn = now;
        }
        return now;
    }

    private void addOther(Map<String, @Nullable Object> message) {
        messages.add(message);
        turn = null;
    }

    private static Map<String, @Nullable Object> message(String role, Object content) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", content);
        return message;
    }
}
