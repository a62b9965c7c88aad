package io.jynamo.frontend.responses;

import io.jynamo.frontend.media.MediaPart;
import io.jynamo.frontend.media.MediaPart.Form;
import io.jynamo.frontend.openai.MediaShapes;
import io.jynamo.frontend.openai.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Images and sounds in items, on their way to being parts of a chat's messages. */
final class ItemMedia {
    private ItemMedia() {}

    static boolean isIn(@Nullable Object content) {
        return content instanceof List<?> parts && parts.stream().anyMatch(ItemMedia::isOne);
    }

    private static boolean isOne(@Nullable Object part) {
        return part instanceof Map<?, ?> map
                && (InputItems.IMAGE.equals(map.get("type")) || InputItems.AUDIO.equals(map.get("type")));
    }

    /**
     * The parts of a message.
     *
     * @param place of the content, or what it was kept under
     * @throws Refusal naming the part
     */
    static List<Object> parts(@Nullable Object content, String place) {
        List<Object> parts = new ArrayList<>();
        if (content instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) instanceof Map<?, ?> part) {
                    String at = place.startsWith("input[") ? place + "[" + i + "]" : place;
                    parts.add(isOne(part) ? MediaShapes.of(media(part, at)) : text(part));
                }
            }
        }
        return parts;
    }

    private static Map<String, Object> text(Map<?, ?> part) {
        return Map.of("type", "text", "text", InputItems.words(part));
    }

    private static MediaPart media(Map<?, ?> part, String at) {
        return InputItems.IMAGE.equals(part.get("type"))
                ? image(part, at + ".image_url")
                : audio(part, at + ".input_audio");
    }

    private static MediaPart image(Map<?, ?> part, String place) {
        if (!(part.get("image_url") instanceof String url) || url.isEmpty()) {
            throw Refusal.invalid(place, "`" + place + "` must be a data: or https: URL.");
        }
        String detail = MediaShapes.detail(part.get("detail"), place);
        return MediaShapes.placed(place, () -> MediaPart.ofUrl(place, Form.IMAGE_URL, url, detail));
    }

    private static MediaPart audio(Map<?, ?> part, String place) {
        if (!(part.get("input_audio") instanceof Map<?, ?> audio)
                || !(audio.get("data") instanceof String data)
                || !(audio.get("format") instanceof String format)) {
            throw Refusal.invalid(
                    place, "`" + place + "` must be {\"data\": \"BASE64\", \"format\": \"wav\" or \"mp3\"}.");
        }
        return MediaShapes.placed(
                place, () -> MediaPart.ofBase64(place, Form.INPUT_AUDIO, data, format.toLowerCase(Locale.ROOT)));
    }
}
