package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a chat message may look like. Members the template may use are kept as they are; the known ones are checked. */
final class Messages {
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");
    /** Types of parts that are of other protocols, or of none. */
    private static final Set<String> FOREIGN = Set.of("input_image", "image", "video", "audio", "file", "input_file");

    private Messages() {}

    static Shape<Map<String, @Nullable Object>> message() {
        return Shapes.shape(Messages::read, out -> {
            out.name("type").value("object");
            out.name("required").beginArray().value("role").endArray();
            out.name("properties").beginObject();
            out.name("role");
            Shapes.describe(Shapes.oneOf("system", "developer", "user", "assistant", "tool", "function"), out);
            out.name("content").beginObject().name("anyOf").beginArray();
            out.beginObject().name("type").value("string").endObject();
            out.beginObject().name("type").value("null").endObject();
            out.beginObject().name("type").value("array").name("items");
            describePart(out);
            out.endObject();
            out.endArray().endObject();
            out.endObject();
        });
    }

    private static void describePart(JsonWriter out) {
        out.beginObject().name("anyOf").beginArray();
        out.beginObject().name("type").value("object");
        out.name("required").beginArray().value("type").value("text").endArray();
        out.name("properties").beginObject().name("type").beginObject();
        out.name("const").value("text").endObject();
        out.name("text").beginObject().name("type").value("string").endObject();
        out.endObject().endObject();
        MediaShapes.describe(out);
        out.endArray().endObject();
    }

    private static Map<String, @Nullable Object> read(JsonInput in, String path) {
        Map<String, @Nullable Object> message = Shapes.freeObject().read(in, path);
        Object role = message.get("role");
        if (!(role instanceof String name) || !ROLES.contains(name)) {
            throw Refusal.invalid(
                    path + ".role",
                    "`" + path + ".role` must be one of system, developer, user, assistant, tool or function"
                            + (role == null ? "; it is missing." : ", not '" + role + "'."));
        }
        Object content = message.get("content");
        if (content instanceof List<?> parts) {
            message.put("content", parts(parts, path + ".content"));
        } else if (content != null && !(content instanceof String)) {
            throw Refusal.invalid(path + ".content", "`" + path + ".content` must be a string or an array of parts.");
        } else if (content == null && !mayLackContent(name, message)) {
            throw Refusal.invalid(path + ".content", "`" + path + ".content` is required.");
        } else if (content == null) {
            // Most templates put the content of a message that only calls behind its role, whether it is there or not.
            message.put("content", "");
        }
        return message;
    }

    private static boolean mayLackContent(String role, Map<String, @Nullable Object> message) {
        return role.equals("assistant")
                && (message.get("tool_calls") != null
                        || message.get("function_call") != null
                        || message.get("reasoning_content") != null
                        || message.get("refusal") != null);
    }

    /** Parts as they are, media read. */
    private static List<?> parts(List<?> parts, String path) {
        List<@Nullable Object> read = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            String at = path + "[" + i + "]";
            Object type = parts.get(i) instanceof Map<?, ?> part ? part.get("type") : null;
            if (type instanceof String foreign && FOREIGN.contains(foreign)) {
                throw Refusal.unsupported(
                        at,
                        "`" + at + "` is a part of type " + foreign
                                + ", which chats do not have; send image_url, input_audio, audio_url or video_url.");
            }
            Map<String, @Nullable Object> media = MediaShapes.read(parts.get(i), at);
            read.add(media == null ? text(parts.get(i), type, at) : media);
        }
        return read;
    }

    private static @Nullable Object text(@Nullable Object value, @Nullable Object type, String at) {
        boolean text = ("text".equals(type) || "refusal".equals(type))
                && value instanceof Map<?, ?> part
                && part.get((String) type) instanceof String;
        if (!text) {
            throw Refusal.invalid(at, "`" + at + "` must be {\"type\": \"text\", \"text\": \"...\"}.");
        }
        return value;
    }
}
