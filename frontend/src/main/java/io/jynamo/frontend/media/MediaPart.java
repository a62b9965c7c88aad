package io.jynamo.frontend.media;

import io.jynamo.protocol.Media;
import io.jynamo.protocol.Modality;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A part of a message that is no text, checked as far as it can be without the network. It stands in the message's tree where its
 * client had the URL or the bytes.
 *
 * @param path where it is, for example {@code messages[1].content[0].image_url}
 * @param detail how closely an image is to be looked at, or null
 */
public record MediaPart(
        String path, Form form, Source source, @Nullable String detail) {
    /** The types of parts that engines know. */
    public enum Form {
        IMAGE_URL(Modality.IMAGE),
        AUDIO_URL(Modality.AUDIO),
        VIDEO_URL(Modality.VIDEO),
        /** Base64 and the name of its format in two members. */
        INPUT_AUDIO(Modality.AUDIO);

        private final Modality modality;

        Form(Modality modality) {
            this.modality = modality;
        }

        public Modality modality() {
            return modality;
        }

        /** As it is written: {@code image_url}. */
        public String type() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where the bytes are. */
    public sealed interface Source {
        /** In the request. */
        record Inline(Media media) implements Source {}

        /** Elsewhere; the URL was checked, what its host is was not. */
        record Remote(URI url) implements Source {}
    }

    /**
     * A part whose bytes or URL are in a text.
     *
     * @param url {@code data:}, {@code http:} or {@code https:}
     * @throws MediaRefusal MEDIA_INVALID, MEDIA_NOT_ALLOWED
     */
    public static MediaPart ofUrl(String path, Form form, String url, @Nullable String detail) {
        Source source = DataUrl.isOne(url)
                ? new Source.Inline(DataUrl.read(url, form.modality()))
                : new Source.Remote(RemoteUrl.parse(url));
        return new MediaPart(path, form, source, detail);
    }

    /**
     * A part whose bytes are base64.
     *
     * @param declared what they are said to be, as HTTP names it or by its latter half
     * @throws MediaRefusal MEDIA_INVALID
     */
    public static MediaPart ofBase64(String path, Form form, String data, String declared) {
        return new MediaPart(path, form, new Source.Inline(DataUrl.decode(data, form.modality(), declared)), null);
    }
}
