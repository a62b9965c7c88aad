package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.media.MediaPart;
import io.jynamo.frontend.media.MediaPart.Form;
import io.jynamo.frontend.media.MediaRefusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What parts of messages that are no text may look like. Read, each has a {@link MediaPart} where its client had a URL or bytes. */
public final class MediaShapes {
    private static final Map<String, Form> FORMS = Map.of(
            "image_url", Form.IMAGE_URL,
            "audio_url", Form.AUDIO_URL,
            "video_url", Form.VIDEO_URL,
            "input_audio", Form.INPUT_AUDIO);
    private static final Set<String> DETAILS = Set.of("auto", "low", "high");

    private MediaShapes() {}

    /**
     * The part in its one form, or null for what is no media.
     *
     * @throws Refusal naming the part or its member
     */
    static @Nullable Map<String, @Nullable Object> read(@Nullable Object value, String at) {
        if (!(value instanceof Map<?, ?> part)
                || !(part.get("type") instanceof String type)
                || !FORMS.containsKey(type)) {
            return null;
        }
        Form form = FORMS.getOrDefault(type, Form.IMAGE_URL);
        // vLLM's uuid is taken and goes no further: an engine's cache would believe it, whoever sent it.
        requireMembers(part, Set.of("type", type, "uuid"), at);
        String place = at + "." + type;
        return of(form == Form.INPUT_AUDIO ? audio(part.get(type), place) : url(form, part.get(type), place));
    }

    /** The one form of a part that was read. */
    public static Map<String, @Nullable Object> of(MediaPart media) {
        Map<String, @Nullable Object> read = new LinkedHashMap<>();
        read.put("type", media.form().type());
        read.put(media.form().type(), media);
        return read;
    }

    /** All media of messages, in their order. */
    public static List<MediaPart> in(List<? extends Map<String, ? extends @Nullable Object>> messages) {
        List<MediaPart> found = new ArrayList<>(0);
        for (Map<String, ? extends @Nullable Object> message : messages) {
            if (message.get("content") instanceof List<?> parts) {
                for (Object part : parts) {
                    MediaPart media = find(part);
                    if (media != null) {
                        found.add(media);
                    }
                }
            }
        }
        return found;
    }

    /** The media that a part is, or null. */
    public static @Nullable MediaPart find(@Nullable Object part) {
        return part instanceof Map<?, ?> map && map.get(map.get("type")) instanceof MediaPart media ? media : null;
    }

    private static MediaPart url(Form form, @Nullable Object value, String place) {
        Object url = value;
        String detail = null;
        if (value instanceof Map<?, ?> object) {
            Set<String> members = form == Form.IMAGE_URL ? Set.of("url", "detail") : Set.of("url");
            requireMembers(object, members, place);
            url = object.get("url");
            detail = detail(object.get("detail"), place + ".detail");
        }
        if (!(url instanceof String text) || text.isEmpty()) {
            throw Refusal.invalid(place, "`" + place + "` must be {\"url\": \"data:...\" or \"https://...\"}.");
        }
        String told = detail;
        return placed(place, () -> MediaPart.ofUrl(place, form, text, told));
    }

    /** How closely an image is to be looked at, or null. */
    public static @Nullable String detail(@Nullable Object value, String place) {
        if (value == null) {
            return null;
        }
        if (!(value instanceof String detail) || !DETAILS.contains(detail)) {
            throw Refusal.invalid(place, "`" + place + "` must be auto, low or high.");
        }
        return detail;
    }

    private static MediaPart audio(@Nullable Object value, String place) {
        if (!(value instanceof Map<?, ?> object)
                || !(object.get("data") instanceof String data)
                || !(object.get("format") instanceof String format)) {
            throw Refusal.invalid(
                    place, "`" + place + "` must be {\"data\": \"BASE64\", \"format\": \"wav\" or \"mp3\"}.");
        }
        requireMembers(object, Set.of("data", "format"), place);
        return placed(place, () -> MediaPart.ofBase64(place, Form.INPUT_AUDIO, data, format.toLowerCase(Locale.ROOT)));
    }

    private static void requireMembers(Map<?, ?> object, Set<String> known, String path) {
        for (Map.Entry<?, ?> member : object.entrySet()) {
            if (!known.contains(String.valueOf(member.getKey())) && member.getValue() != null) {
                String place = path + "." + member.getKey();
                throw Refusal.unsupported(place, "`" + place + "` is not supported beside media; leave it out.");
            }
        }
    }

    /** Reads media and, where they are refused, says where they are. */
    public static MediaPart placed(String place, Supplier<MediaPart> reading) {
        try {
            return reading.get();
        } catch (MediaRefusal refused) {
            throw refusal(refused, place);
        }
    }

    /** What the client is told, with the place where that is known, or with another. */
    public static Refusal refusal(MediaRefusal refused, String otherwise) {
        String place = refused.path() == null ? otherwise : refused.path();
        return new Refusal(refused.code(), "`" + place + "` " + refused.getMessage() + ".", place);
    }

    static void describe(JsonWriter out) {
        for (Form form : Form.values()) {
            out.beginObject().name("type").value("object");
            out.name("required").beginArray().value("type").value(form.type()).endArray();
            out.name("properties").beginObject().name("type").beginObject();
            out.name("const").value(form.type()).endObject();
            out.name(form.type()).beginObject().name("type").value("object");
            out.name("required").beginArray();
            List<String> members = form == Form.INPUT_AUDIO ? List.of("data", "format") : List.of("url");
            members.forEach(out::value);
            out.endArray().name("properties").beginObject();
            for (String member : members) {
                out.name(member).beginObject().name("type").value("string").endObject();
            }
            if (form == Form.IMAGE_URL) {
                out.name("detail").beginObject().name("enum").beginArray();
                out.value("auto").value("low").value("high").endArray().endObject();
            }
            out.endObject().endObject().endObject().endObject();
        }
    }
}
