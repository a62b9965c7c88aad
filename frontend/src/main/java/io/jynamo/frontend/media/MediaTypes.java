package io.jynamo.frontend.media;

import io.jynamo.protocol.Modality;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What media are by their first bytes: neither a URL's ending nor a header is believed. */
final class MediaTypes {
    private MediaTypes() {}

    /** As HTTP names it, or null for what is none of the modality's kinds. */
    static @Nullable String find(byte[] bytes, Modality modality) {
        return switch (modality) {
            case TEXT -> null;
            case IMAGE -> image(bytes);
            case AUDIO -> audio(bytes);
            case VIDEO -> video(bytes);
        };
    }

    /** For people. */
    static String kinds(Modality modality) {
        return switch (modality) {
            case TEXT -> "text";
            case IMAGE -> "a PNG, JPEG, GIF or WebP image";
            case AUDIO -> "WAV, MP3, FLAC, Ogg, MP4 or WebM audio";
            case VIDEO -> "an MP4, WebM or AVI video";
        };
    }

    private static @Nullable String image(byte[] bytes) {
        if (has(bytes, 0, "\u0089PNG\r\n\u001a\n")) {
            return "image/png";
        }
        if (has(bytes, 0, "\u00ff\u00d8\u00ff")) {
            return "image/jpeg";
        }
        if (has(bytes, 0, "GIF87a") || has(bytes, 0, "GIF89a")) {
            return "image/gif";
        }
        return isRiff(bytes, "WEBP") ? "image/webp" : null;
    }

    private static @Nullable String audio(byte[] bytes) {
        if (isRiff(bytes, "WAVE")) {
            return "audio/wav";
        }
        if (has(bytes, 0, "ID3") || isMpegFrame(bytes)) {
            return "audio/mpeg";
        }
        if (has(bytes, 0, "fLaC")) {
            return "audio/flac";
        }
        if (has(bytes, 0, "OggS")) {
            return "audio/ogg";
        }
        if (isMp4(bytes)) {
            return "audio/mp4";
        }
        return isMatroska(bytes) ? "audio/webm" : null;
    }

    private static @Nullable String video(byte[] bytes) {
        if (isMp4(bytes)) {
            return "video/mp4";
        }
        if (isMatroska(bytes)) {
            return "video/webm";
        }
        return isRiff(bytes, "AVI ") ? "video/x-msvideo" : null;
    }

    private static boolean isRiff(byte[] bytes, String form) {
        return has(bytes, 0, "RIFF") && has(bytes, 8, form);
    }

    /** Eleven bits of synchronization, and a layer that is not the reserved one. */
    private static boolean isMpegFrame(byte[] bytes) {
        return bytes.length > 2 && (bytes[0] & 0xff) == 0xff && (bytes[1] & 0xe0) == 0xe0 && (bytes[1] & 0x06) != 0;
    }

    /** Of its relatives that are images none. */
    private static boolean isMp4(byte[] bytes) {
        return has(bytes, 4, "ftyp") && !has(bytes, 8, "avif") && !has(bytes, 8, "heic") && !has(bytes, 8, "mif1");
    }

    private static boolean isMatroska(byte[] bytes) {
        return has(bytes, 0, "\u001aE\u00df\u00a3");
    }

    private static boolean has(byte[] bytes, int at, String latin) {
        byte[] magic = latin.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < at + magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if (bytes[at + i] != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
