package io.jynamo.frontend.responses;

import io.jynamo.frontend.openai.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files in messages of the user, which are read where they are text: what is in them becomes part of what the user says. */
final class ItemFiles {
    private static final Set<String> MEMBERS = Set.of("type", "filename", "file_data", "detail");
    private static final Set<String> TEXTS = Set.of(
            "application/json",
            "application/xml",
            "application/yaml",
            "application/x-yaml",
            "application/toml",
            "application/javascript",
            "application/x-ndjson",
            "application/jsonl");
    private static final String BASE64 = ";base64";
    private static final int MOST_TYPE = 256;

    private ItemFiles() {}

    static boolean isOne(@Nullable Object part) {
        return part instanceof Map<?, ?> map && InputItems.FILE.equals(map.get("type"));
    }

    /**
     * The part as it is kept.
     *
     * @throws Refusal for what is no file of text, naming its place
     */
    static Map<String, @Nullable Object> read(Map<?, ?> part, String at) {
        for (Map.Entry<?, ?> member : part.entrySet()) {
            if (!MEMBERS.contains(String.valueOf(member.getKey())) && member.getValue() != null) {
                String place = at + "." + member.getKey();
                throw Refusal.unsupported(
                        place, "`" + place + "` is not supported: send the file itself, as file_data.");
            }
        }
        Map<String, @Nullable Object> read = new LinkedHashMap<>();
        read.put("type", InputItems.FILE);
        if (part.get("filename") instanceof String name) {
            read.put("filename", name);
        }
        read.put("file_data", part.get("file_data"));
        decoded(part.get("file_data"), at + ".file_data");
        return read;
    }

    /** What the model is told of a part that was read. */
    static String words(Map<?, ?> part) {
        String text = decoded(part.get("file_data"), "file_data");
        return part.get("filename") instanceof String name ? name + ":\n" + text + "\n" : text + "\n";
    }

    private static String decoded(@Nullable Object data, String place) {
        String url = data instanceof String text ? text : "";
        int comma = url.indexOf(',');
        String head =
                comma < 0 || comma > MOST_TYPE ? "" : url.substring(0, comma).toLowerCase(Locale.ROOT);
        if (!head.startsWith("data:") || !head.endsWith(BASE64)) {
            throw Refusal.invalid(place, "`" + place + "` must be data:TYPE;base64,DATA.");
        }
        String type = head.substring("data:".length(), head.length() - BASE64.length());
        String plain = type.contains(";") ? type.substring(0, type.indexOf(';')) : type;
        if (!plain.startsWith("text/") && !TEXTS.contains(plain)) {
            throw Refusal.unsupported(
                    place,
                    "`" + place + "` is a file of type " + (plain.isEmpty() ? "none" : plain)
                            + "; only files of text are read here (text/plain, text/markdown, application/json, ...).");
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(url.substring(comma + 1));
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException broken) {
            throw Refusal.invalid(place, "`" + place + "` is not base64.");
        } catch (CharacterCodingException broken) {
            throw Refusal.invalid(place, "`" + place + "` is said to be text, and is no UTF-8.");
        }
    }
}
