package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.MediaShapes;
import io.jynamo.protocol.Media;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Texts in place of media, for a prompt that nobody is sent: how many tokens media become only the engine knows, but a prompt with the same
 * media in the same place must look the same, so that it finds the worker which has them.
 */
final class MediaStandIns {
    private MediaStandIns() {}

    /** The messages with nothing where media were. */
    static List<Map<String, @Nullable Object>> nothing(List<Map<String, @Nullable Object>> messages) {
        return replaced(messages, () -> "");
    }

    /** The messages with words that say what the media are by their bytes. */
    static List<Map<String, @Nullable Object>> digests(
            List<Map<String, @Nullable Object>> messages, List<Media> media) {
        var next = media.iterator();
        return replaced(messages, () -> digest(next.next()));
    }

    private static String digest(Media media) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(media.bytes());
            return media.type() + " " + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static List<Map<String, @Nullable Object>> replaced(
            List<Map<String, @Nullable Object>> messages, Supplier<String> text) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>(messages.size());
        for (Map<String, @Nullable Object> message : messages) {
            if (!(message.get("content") instanceof List<?> parts)) {
                all.add(message);
                continue;
            }
            List<@Nullable Object> others = new ArrayList<>(parts.size());
            for (Object part : parts) {
                others.add(MediaShapes.find(part) == null ? part : Map.of("type", "text", "text", text.get()));
            }
            Map<String, @Nullable Object> copy = new LinkedHashMap<>(message);
            copy.put("content", others);
            all.add(copy);
        }
        return all;
    }
}
