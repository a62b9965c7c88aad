package io.jynamo.frontend.anthropic;

import io.jynamo.frontend.media.MediaPart;
import io.jynamo.frontend.openai.MediaShapes;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What content blocks may look like. A member that is not known is refused, as a field is. */
final class Blocks {
    static final String IMAGE = "image";
    private static final Map<String, Set<String>> MEMBERS = Map.of(
            "text",
            Set.of("type", "text", "cache_control", "citations"),
            IMAGE,
            Set.of("type", "source", "cache_control"),
            "tool_use",
            Set.of("type", "id", "name", "input", "cache_control", "caller"),
            "tool_result",
            Set.of("type", "tool_use_id", "content", "is_error", "cache_control"),
            "thinking",
            Set.of("type", "thinking", "signature"),
            "redacted_thinking",
            Set.of("type", "data"));

    private Blocks() {}

    /**
     * Checks one block's type and members.
     *
     * @param allowed types that may be where it is
     * @throws Refusal naming the block or the member
     */
    static Map<?, ?> check(@Nullable Object block, String path, Set<String> allowed) {
        if (!(block instanceof Map<?, ?> map) || !(map.get("type") instanceof String type)) {
            throw Refusal.invalid(path, "`" + path + "` must be a content block: an object with a type.");
        }
        if (type.equals(IMAGE) && !allowed.contains(IMAGE)) {
            throw Refusal.unsupported(
                    path,
                    "`" + path
                            + "` is a block of type image, which is read in messages of the user and results of tools only.");
        }
        Set<String> members = MEMBERS.get(type);
        if (members == null) {
            throw Refusal.unsupported(
                    path, "`" + path + "` is a block of type " + type + ", which is not supported here.");
        }
        if (!allowed.contains(type)) {
            throw Refusal.invalid(path, "`" + path + "` must not be a block of type " + type + ".");
        }
        checkMembers(map, path, members);
        checkCaching(map.get("cache_control"), path + ".cache_control");
        if (map.get("citations") instanceof List<?> citations && !citations.isEmpty()) {
            throw Refusal.unsupported(
                    path + ".citations", "`" + path + ".citations` is not supported: nothing is cited.");
        }
        if (map.get("caller") instanceof Map<?, ?> caller && !"direct".equals(caller.get("type"))) {
            throw Refusal.unsupported(
                    path + ".caller", "`" + path + ".caller` must be direct: no code calls tools here.");
        }
        return map;
    }

    /** Refuses members that are in no list. */
    static void checkMembers(Map<?, ?> map, String path, Set<String> members) {
        for (Object name : map.keySet()) {
            if (!members.contains(String.valueOf(name))) {
                String unknown = path + "." + name;
                throw new Refusal(
                        ErrorCode.UNSUPPORTED_PARAMETER, "Unsupported parameter(s): `" + unknown + "`", unknown);
            }
        }
    }

    static void checkCaching(@Nullable Object control, String path) {
        if (control != null && !(control instanceof Map<?, ?> map && "ephemeral".equals(map.get("type")))) {
            throw Refusal.invalid(path, "`" + path + "` must be {\"type\": \"ephemeral\"}.");
        }
    }

    /** A member that must be there and be a text. */
    static String text(Map<?, ?> block, String member, String path) {
        if (block.get(member) instanceof String text) {
            return text;
        }
        throw Refusal.invalid(path + "." + member, "`" + path + "." + member + "` must be a string.");
    }

    /** An image, as chats have it. */
    static Map<String, @Nullable Object> image(Map<?, ?> block, String path) {
        String place = path + ".source";
        if (!(block.get("source") instanceof Map<?, ?> source)) {
            throw Refusal.invalid(place, "`" + place + "` must be an object of type base64 or url.");
        }
        return MediaShapes.of(
                switch (String.valueOf(source.get("type"))) {
                    case "base64" -> {
                        checkMembers(source, place, Set.of("type", "media_type", "data"));
                        String data = text(source, "data", place);
                        String type = text(source, "media_type", place);
                        yield MediaShapes.placed(
                                place, () -> MediaPart.ofBase64(place, MediaPart.Form.IMAGE_URL, data, type));
                    }
                    case "url" -> {
                        checkMembers(source, place, Set.of("type", "url"));
                        String url = text(source, "url", place);
                        yield MediaShapes.placed(
                                place, () -> MediaPart.ofUrl(place, MediaPart.Form.IMAGE_URL, url, null));
                    }
                    default ->
                        throw Refusal.unsupported(
                                place + ".type", "`" + place + ".type` must be base64 or url: no files are kept here.");
                });
    }

    /** A text that says something. */
    static String saying(Map<?, ?> block, String path) {
        String text = text(block, "text", path);
        if (text.isEmpty()) {
            throw Refusal.invalid(path + ".text", "`" + path + ".text` must not be empty.");
        }
        return text;
    }
}
