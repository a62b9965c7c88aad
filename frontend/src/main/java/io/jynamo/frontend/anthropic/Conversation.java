package io.jynamo.frontend.anthropic;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.Shape;
import io.jynamo.frontend.openai.Shapes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A conversation on its way from Anthropic's content blocks to the messages that chat templates take: results of tools become
 * messages of their own, calls and thinking members of the assistant's, and texts of one speaker one text.
 */
final class Conversation {
    private static final String PREAMBLE = "x-anthropic-billing-header:";
    /** What each may say. */
    private static final Map<String, Set<String>> SPEAKERS = Map.of(
            "user", Set.of("text", Blocks.IMAGE, "tool_result"),
            "assistant", Set.of("text", "tool_use", "thinking", "redacted_thinking"),
            "system", Set.of("text"));

    private final List<Map<String, @Nullable Object>> messages = new ArrayList<>();
    private final Map<String, String> toolsByCall = new HashMap<>();
    private String speaker = "";
    private final List<String> texts = new ArrayList<>();
    /** What a speaker said and showed, in order. */
    private final List<Object> parts = new ArrayList<>();

    private boolean shows;
    private final List<String> thoughts = new ArrayList<>();
    private final List<Map<String, Object>> calls = new ArrayList<>();

    private Conversation() {}

    /**
     * Checks and converts.
     *
     * @throws Refusal naming the message or the block
     */
    static Conversation of(String system, List<Map<String, @Nullable Object>> sent) {
        Conversation made = new Conversation();
        if (!system.isEmpty()) {
            made.add("system", system);
        }
        for (int i = 0; i < sent.size(); i++) {
            made.take(sent.get(i), "messages[" + i + "]");
        }
        if (made.speaker.equals("assistant") && !made.calls.isEmpty()) {
            String last = "messages[" + (sent.size() - 1) + "]";
            throw Refusal.invalid(
                    last, "`" + last + "` ends in a tool_use: a tool_result must follow in a message of the user.");
        }
        made.close();
        return made;
    }

    List<Map<String, @Nullable Object>> messages() {
        return messages;
    }

    /** Whether the last message is the assistant's, for the model to go on with. */
    boolean endsInAnswer() {
        return speaker.equals("assistant");
    }

    private void take(Map<String, @Nullable Object> message, String path) {
        Blocks.checkMembers(message, path, Set.of("role", "content"));
        if (!(message.get("role") instanceof String role) || !SPEAKERS.containsKey(role)) {
            throw Refusal.invalid(path + ".role", "`" + path + ".role` must be user, assistant or system.");
        }
        Set<String> allowed = SPEAKERS.getOrDefault(role, Set.of());
        if (!role.equals(speaker)) {
            close();
            speaker = role;
        }
        String at = path + ".content";
        switch (message.get("content")) {
            case String text when !text.isEmpty() -> say(text);
            case List<?> blocks
            when !blocks.isEmpty() -> {
                for (int i = 0; i < blocks.size(); i++) {
                    String block = at + "[" + i + "]";
                    takeBlock(Blocks.check(blocks.get(i), block, allowed), block);
                }
            }
            case null, default ->
                throw Refusal.invalid(at, "`" + at + "` must be a text or an array of blocks, and not be empty.");
        }
    }

    private void takeBlock(Map<?, ?> block, String path) {
        switch (String.valueOf(block.get("type"))) {
            case "text" -> say(Blocks.saying(block, path));
            case Blocks.IMAGE -> {
                parts.add(Blocks.image(block, path));
                shows = true;
            }
            case "thinking" -> thoughts.add(Blocks.text(block, "thinking", path));
            case "tool_use" -> call(block, path);
            case "tool_result" -> result(block, path);
            default -> Blocks.text(block, "data", path); // Only who made it can read it.
        }
    }

    private void say(String text) {
        texts.add(text);
        parts.add(Map.of("type", "text", "text", text));
    }

    private void call(Map<?, ?> block, String path) {
        String id = Blocks.text(block, "id", path);
        String name = Blocks.text(block, "name", path);
        if (!(block.get("input") instanceof Map<?, ?> input)) {
            throw Refusal.invalid(path + ".input", "`" + path + ".input` must be an object.");
        }
        toolsByCall.put(id, name);
        String arguments = new String(new JsonWriter(256).tree(input).toArray(), StandardCharsets.UTF_8);
        calls.add(Map.of("id", id, "type", "function", "function", Map.of("name", name, "arguments", arguments)));
    }

    private void result(Map<?, ?> block, String path) {
        String id = Blocks.text(block, "tool_use_id", path);
        String name = toolsByCall.get(id);
        if (name == null) {
            throw Refusal.invalid(
                    path + ".tool_use_id",
                    "`" + path + ".tool_use_id` is `" + id + "`, but no tool_use before it has this id.");
        }
        close(); // what the user said before it
        Map<String, @Nullable Object> message = add("tool", resultOf(block.get("content"), path + ".content"));
        message.put("tool_call_id", id);
        message.put("name", name);
        switch (block.get("is_error")) {
            case Boolean failed when failed -> message.put("is_error", true);
            case Boolean ignored -> {}
            case null -> {}
            default -> throw Refusal.invalid(path + ".is_error", "`" + path + ".is_error` must be true or false.");
        }
    }

    /** A text, or parts where it shows something. */
    private static Object resultOf(@Nullable Object content, String path) {
        return switch (content) {
            case null -> "";
            case String text -> text;
            case List<?> blocks -> {
                List<String> texts = new ArrayList<>();
                List<Object> parts = new ArrayList<>();
                for (int i = 0; i < blocks.size(); i++) {
                    String at = path + "[" + i + "]";
                    Map<?, ?> block = Blocks.check(blocks.get(i), at, Set.of("text", Blocks.IMAGE));
                    if (Blocks.IMAGE.equals(block.get("type"))) {
                        parts.add(Blocks.image(block, at));
                    } else {
                        texts.add(Blocks.text(block, "text", at));
                        parts.add(Map.of("type", "text", "text", texts.getLast()));
                    }
                }
                yield parts.size() == texts.size() ? String.join("\n", texts) : List.copyOf(parts);
            }
            default -> throw Refusal.invalid(path, "`" + path + "` must be a string or an array of blocks.");
        };
    }

    /** Makes a message of what its speaker has said so far. */
    private void close() {
        if (texts.isEmpty() && thoughts.isEmpty() && calls.isEmpty() && !shows) {
            return;
        }
        Map<String, @Nullable Object> message = add(speaker, shows ? List.copyOf(parts) : String.join("\n", texts));
        if (!thoughts.isEmpty()) {
            message.put("reasoning_content", String.join("\n", thoughts));
        }
        if (!calls.isEmpty()) {
            message.put("tool_calls", List.copyOf(calls));
        }
        texts.clear();
        parts.clear();
        shows = false;
        thoughts.clear();
        calls.clear();
    }

    private Map<String, @Nullable Object> add(String role, Object content) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", content);
        messages.add(message);
        return message;
    }

    /** The system prompt as one text; empty for none. */
    static String joined(List<String> system, boolean stripsPreamble) {
        if (!stripsPreamble || system.isEmpty() || !system.getFirst().startsWith(PREAMBLE)) {
            return String.join("\n", system);
        }
        List<String> kept = new ArrayList<>(system);
        String first = kept.removeFirst();
        int end = first.indexOf('\n');
        if (end >= 0 && end + 1 < first.length()) {
            kept.addFirst(first.substring(end + 1));
        }
        return String.join("\n", kept);
    }

    static Shape<List<String>> system() {
        return Shapes.either(
                Conversation::readSystem, Shapes.string(), Shapes.list(Shapes.freeObject(), 0, Integer.MAX_VALUE));
    }

    private static List<String> readSystem(JsonInput in, String path) {
        if (in.isString()) {
            return List.of(in.string());
        }
        Shapes.require(in.isArray(), in, path, "a string or an array of text blocks");
        List<String> texts = new ArrayList<>();
        while (in.nextElement()) {
            String at = path + "[" + texts.size() + "]";
            texts.add(Blocks.text(Blocks.check(in.tree(), at, Set.of("text")), "text", at));
        }
        return texts;
    }

    /** One message, as a tree. */
    static Shape<Map<String, @Nullable Object>> message() {
        return Shapes.shape(Shapes.freeObject()::read, out -> {
            out.name("type").value("object");
            out.name("required").beginArray().value("role").value("content").endArray();
            out.name("properties").beginObject().name("role");
            Shapes.describe(Shapes.oneOf("user", "assistant", "system"), out);
            out.name("content").beginObject().name("anyOf").beginArray();
            Shapes.describe(Shapes.string(), out);
            out.beginObject().name("type").value("array").name("items").beginObject();
            out.name("type")
                    .value("object")
                    .name("required")
                    .beginArray()
                    .value("type")
                    .endArray();
            out.name("properties").beginObject().name("type");
            Shapes.describe(
                    Shapes.oneOf("text", "image", "tool_use", "tool_result", "thinking", "redacted_thinking"), out);
            out.endObject().endObject().endObject();
            out.endArray().endObject().endObject();
        });
    }
}
