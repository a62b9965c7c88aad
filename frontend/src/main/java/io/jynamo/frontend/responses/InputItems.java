package io.jynamo.frontend.responses;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.frontend.openai.Shape;
import io.jynamo.frontend.openai.Shapes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The items that {@code input} is made of, checked and in one form each: messages have parts, outputs of calls have text, or parts where they
 * show something. Members
 * that say nothing to a model (ids, annotations) stay where they tell one item from another and are left out elsewhere.
 */
final class InputItems {
    static final String MESSAGE = "message";
    static final String CALL = "function_call";
    static final String CALL_OUTPUT = "function_call_output";
    static final String CUSTOM_CALL = "custom_tool_call";
    static final String CUSTOM_OUTPUT = "custom_tool_call_output";
    static final Set<String> CALLS = Set.of(CALL, CUSTOM_CALL);
    static final Set<String> OUTPUTS = Set.of(CALL_OUTPUT, CUSTOM_OUTPUT);
    static final String REASONING = "reasoning";
    static final String REFERENCE = "item_reference";
    static final String IMAGE = "input_image";
    static final String AUDIO = "input_audio";
    static final String FILE = "input_file";

    private static final int MOST_ITEMS = 100_000;
    private static final Set<String> ROLES = Set.of("user", "assistant", "system", "developer");
    private static final Set<String> MEDIA = Set.of(IMAGE, FILE, AUDIO, "image", "file", "audio");
    private static final Set<String> TEXTS =
            Set.of("input_text", "output_text", "text", "reasoning_text", "summary_text");

    private static final Map<String, Set<String>> MEMBERS = Map.of(
            MESSAGE, Set.of("type", "id", "status", "role", "content", "phase"),
            CALL, Set.of("type", "id", "status", "call_id", "name", "namespace", "arguments"),
            CALL_OUTPUT, Set.of("type", "id", "status", "call_id", "output"),
            CUSTOM_CALL, Set.of("type", "id", "status", "call_id", "name", "input"),
            CUSTOM_OUTPUT, Set.of("type", "id", "status", "call_id", "output"),
            REASONING, Set.of("type", "id", "status", "summary", "content", "encrypted_content"),
            REFERENCE, Set.of("type", "id"));

    private InputItems() {}

    /** A text, which is a user's message, or a list of items. */
    static Shape<List<Map<String, @Nullable Object>>> shape() {
        return Shapes.either(InputItems::read, Shapes.string(), Shapes.list(described(), 1, MOST_ITEMS));
    }

    private static List<Map<String, @Nullable Object>> read(JsonInput in, String path) {
        if (in.isString()) {
            return List.of(message("user", List.of(part("input_text", in.string()))));
        }
        Shapes.require(in.isArray(), in, path, "a string or an array of items");
        return Shapes.list(described(), 1, MOST_ITEMS).read(in, path);
    }

    private static Shape<Map<String, @Nullable Object>> described() {
        return Shapes.shape((in, path) -> item(Shapes.freeObject().read(in, path), path), out -> {
            out.name("type").value("object").name("properties").beginObject().name("type");
            Shapes.describe(
                    Shapes.oneOf(MESSAGE, CALL, CALL_OUTPUT, CUSTOM_CALL, CUSTOM_OUTPUT, REASONING, REFERENCE), out);
            out.endObject();
        });
    }

    private static Map<String, @Nullable Object> item(Map<String, @Nullable Object> item, String path) {
        String type = type(item, path);
        Set<String> known = MEMBERS.getOrDefault(type, Set.of());
        for (Map.Entry<String, @Nullable Object> member : item.entrySet()) {
            if (!known.contains(member.getKey()) && member.getValue() != null) {
                throw Refusal.unsupported(
                        path + "." + member.getKey(),
                        "`" + path + "." + member.getKey() + "` is not supported in items of type " + type + ".");
            }
        }
        Map<String, @Nullable Object> checked = switch (type) {
            case MESSAGE -> message(item, path);
            case CALL -> call(item, path);
            case CUSTOM_CALL -> customCall(item, path);
            case CALL_OUTPUT, CUSTOM_OUTPUT -> callOutput(type, item, path);
            case REASONING -> reasoning(item, path);
            default -> of(REFERENCE);
        };
        if (item.get("id") instanceof String id && !id.isBlank()) {
            checked.put("id", id);
        } else if (type.equals(REFERENCE)) {
            throw Refusal.invalid(path + ".id", "`" + path + ".id` must be the id of an item.");
        }
        return checked;
    }

    private static String type(Map<String, @Nullable Object> item, String path) {
        Object type = item.get("type");
        if (type == null && item.get("role") != null) {
            return MESSAGE;
        }
        if (type == null && item.get("id") != null) {
            return REFERENCE;
        }
        if (!(type instanceof String name)) {
            throw Refusal.invalid(path + ".type", "`" + path + ".type` must be the type of the item.");
        }
        if (!MEMBERS.containsKey(name)) {
            throw Refusal.unsupported(
                    path + ".type",
                    "`" + path + "` is an item of type " + name
                            + ", but only message, function_call, custom_tool_call, the outputs of both, reasoning and"
                            + " item_reference are read here.");
        }
        return name;
    }

    private static Map<String, @Nullable Object> message(Map<String, @Nullable Object> item, String path) {
        if (!(item.get("role") instanceof String role) || !ROLES.contains(role)) {
            throw Refusal.invalid(
                    path + ".role", "`" + path + ".role` must be one of user, assistant, system or developer.");
        }
        String type = role.equals("assistant") ? "output_text" : "input_text";
        Object content = item.get("content");
        return message(
                role,
                role.equals("user") && content instanceof List<?> list
                        ? shown(list, path + ".content")
                        : parts(content, type, path + ".content"));
    }

    private static Map<String, @Nullable Object> message(String role, List<Map<String, @Nullable Object>> parts) {
        Map<String, @Nullable Object> message = of(MESSAGE);
        message.put("role", role);
        message.put("content", parts);
        message.put("status", "completed");
        return message;
    }

    private static Map<String, @Nullable Object> call(Map<String, @Nullable Object> item, String path) {
        Map<String, @Nullable Object> call = of(CALL);
        call.put("call_id", text(item, "call_id", path));
        call.put("name", text(item, "name", path));
        if (item.get("namespace") != null) {
            call.put("namespace", text(item, "namespace", path));
        }
        if (!(item.get("arguments") instanceof String arguments)) {
            throw Refusal.invalid(path + ".arguments", "`" + path + ".arguments` must be JSON in a string.");
        }
        call.put("arguments", arguments);
        call.put("status", "completed");
        return call;
    }

    private static Map<String, @Nullable Object> customCall(Map<String, @Nullable Object> item, String path) {
        Map<String, @Nullable Object> call = of(CUSTOM_CALL);
        call.put("call_id", text(item, "call_id", path));
        call.put("name", text(item, "name", path));
        if (!(item.get("input") instanceof String input)) {
            throw Refusal.invalid(path + ".input", "`" + path + ".input` must be a string.");
        }
        call.put("input", input);
        return call;
    }

    private static Map<String, @Nullable Object> callOutput(
            String type, Map<String, @Nullable Object> item, String path) {
        Map<String, @Nullable Object> output = of(type);
        output.put("call_id", text(item, "call_id", path));
        String at = path + ".output";
        boolean shows = ItemMedia.isIn(item.get("output"));
        output.put(
                "output",
                shows && item.get("output") instanceof List<?> list
                        ? shown(list, at)
                        : joined(parts(item.get("output"), "input_text", at)));
        output.put("status", "completed");
        return output;
    }

    /** Reasoning is its content or, where a client kept only that, its summary. */
    private static Map<String, @Nullable Object> reasoning(Map<String, @Nullable Object> item, String path) {
        if (item.get("encrypted_content") != null) {
            throw Refusal.unsupported(
                    path + ".encrypted_content",
                    "`" + path
                            + ".encrypted_content` was encrypted by another server, and cannot be read here; leave the"
                            + " item out.");
        }
        Map<String, @Nullable Object> reasoning = of(REASONING);
        reasoning.put("summary", list(item.get("summary"), "summary_text", path + ".summary"));
        reasoning.put("content", list(item.get("content"), "reasoning_text", path + ".content"));
        return reasoning;
    }

    private static List<Map<String, @Nullable Object>> list(@Nullable Object value, String type, String path) {
        return value == null ? List.of() : parts(value, type, path);
    }

    /** Parts of text, all of one type; a string is one. */
    private static List<Map<String, @Nullable Object>> parts(@Nullable Object value, String type, String path) {
        if (value instanceof String text) {
            return List.of(part(type, text));
        }
        if (!(value instanceof List<?> list)) {
            throw Refusal.invalid(path, "`" + path + "` must be a string or an array of parts.");
        }
        List<Map<String, @Nullable Object>> parts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            parts.add(part(type, text(list.get(i), path + "[" + i + "]")));
        }
        return parts;
    }

    /** Parts of what a user says, hears and sees. Media stay as they were sent, since items are kept and told again. */
    private static List<Map<String, @Nullable Object>> shown(List<?> list, String path) {
        List<Map<String, @Nullable Object>> parts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            String at = path + "[" + i + "]";
            Map<String, @Nullable Object> media = media(list.get(i), at);
            parts.add(media == null ? part("input_text", text(list.get(i), at)) : media);
        }
        return parts;
    }

    private static @Nullable Map<String, @Nullable Object> media(@Nullable Object value, String at) {
        if (value instanceof Map<?, ?> part && IMAGE.equals(part.get("type"))) {
            return media(IMAGE, List.of("image_url", "detail"), part, at);
        }
        if (value instanceof Map<?, ?> part && AUDIO.equals(part.get("type"))) {
            return media(AUDIO, List.of("input_audio"), part, at);
        }
        if (value instanceof Map<?, ?> part && FILE.equals(part.get("type"))) {
            return ItemFiles.read(part, at);
        }
        return null;
    }

    private static Map<String, @Nullable Object> media(String type, List<String> members, Map<?, ?> part, String at) {
        Map<String, @Nullable Object> read = of(type);
        part.forEach((key, member) -> {
            String name = String.valueOf(key);
            if (member != null && !name.equals("type")) {
                if (!members.contains(name)) {
                    String place = at + "." + name;
                    throw Refusal.unsupported(place, "`" + place + "` is not supported: no files are kept here.");
                }
                read.put(name, member);
            }
        });
        return read;
    }

    private static String text(@Nullable Object value, String path) {
        Object type = value instanceof Map<?, ?> part ? part.get("type") : null;
        if (type instanceof String media && MEDIA.contains(media)) {
            throw Refusal.unsupported(
                    path,
                    "`" + path + "` is a part of type " + media
                            + ", which is not read here: images, audio and files are in messages of the user, as input_image,"
                            + " input_audio and input_file.");
        }
        if (value instanceof Map<?, ?> part
                && type instanceof String kind
                && part.get(kind.equals("refusal") ? "refusal" : "text") instanceof String text
                && (kind.equals("refusal") || TEXTS.contains(kind))) {
            return text;
        }
        throw Refusal.invalid(path, "`" + path + "` must be {\"type\": \"input_text\", \"text\": \"...\"}.");
    }

    private static String text(Map<String, @Nullable Object> item, String member, String path) {
        if (item.get(member) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw Refusal.invalid(path + "." + member, "`" + path + "." + member + "` must be a string that is not blank.");
    }

    /** The text of parts, one behind the other. */
    static String joined(@Nullable Object parts) {
        StringBuilder all = new StringBuilder();
        if (parts instanceof List<?> list) {
            for (Object one : list) {
                all.append(words(one));
            }
        }
        return all.toString();
    }

    /** What a part says. */
    static String words(@Nullable Object part) {
        if (part instanceof Map<?, ?> map && ItemFiles.isOne(map)) {
            return ItemFiles.words(map);
        }
        return part instanceof Map<?, ?> map && map.get("text") instanceof String text ? text : "";
    }

    private static Map<String, @Nullable Object> part(String type, String text) {
        Map<String, @Nullable Object> part = of(type);
        part.put("text", text);
        if (type.equals("output_text")) {
            part.put("annotations", List.of());
        }
        return part;
    }

    private static Map<String, @Nullable Object> of(String type) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("type", type);
        return object;
    }
}
