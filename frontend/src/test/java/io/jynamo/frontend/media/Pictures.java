package io.jynamo.frontend.media;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Small media for tests: the first bytes of each kind, which is all that anybody here looks at. */
public final class Pictures {
    public static final byte[] PNG = latin("\u0089PNG\r\n\u001a\nrest of it");
    public static final byte[] WAV = latin("RIFF\u0010\0\0\0WAVEfmt ");
    public static final byte[] MP4 = latin("\0\0\0\u0018ftypisom");

    private Pictures() {}

    /** In a {@code data:} URL that declares such a type. */
    public static String url(String type, byte[] bytes) {
        return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(bytes);
    }

    /** Another PNG of so many bytes. */
    public static byte[] png(int size) {
        return java.util.Arrays.copyOf(PNG, size);
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
