package io.jynamo.protocol;

import java.util.Base64;

/**
 * An image, a sound or a film of a request, as it was sent or fetched.
 *
 * @param type as HTTP names it, for example {@code image/png}; found from the bytes, never believed
 * @param bytes written once and only read
 */
@SuppressWarnings("ArrayRecordComponent") // only read, and too large to be copied
public record Media(Modality modality, String type, byte[] bytes) {
    public Media {
        if (modality == Modality.TEXT) {
            throw new IllegalArgumentException("text is no media");
        }
        if (bytes.length == 0) {
            throw new IllegalArgumentException("media without a byte");
        }
    }

    /** Its bytes as text of JSON, without quotes. */
    public String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Without its bytes. */
    @Override
    public String toString() {
        return "Media[" + type + ", " + bytes.length + " bytes]";
    }
}
