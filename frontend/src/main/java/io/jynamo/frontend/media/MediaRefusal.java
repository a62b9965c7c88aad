package io.jynamo.frontend.media;

import io.jynamo.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Media that are refused; the message goes on where the place of the part was named: "is no base64". */
public final class MediaRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final @Nullable String path;

    MediaRefusal(ErrorCode code, String message) {
        this(code, message, null);
    }

    private MediaRefusal(ErrorCode code, String message, @Nullable String path) {
        super(message, null, false, false);
        this.code = code;
        this.path = path;
    }

    static MediaRefusal invalid(String message) {
        return new MediaRefusal(ErrorCode.MEDIA_INVALID, message);
    }

    static MediaRefusal notAllowed(String message) {
        return new MediaRefusal(ErrorCode.MEDIA_NOT_ALLOWED, message);
    }

    static MediaRefusal unavailable(String message) {
        return new MediaRefusal(ErrorCode.MEDIA_UNAVAILABLE, message);
    }

    static MediaRefusal tooLarge(String message) {
        return new MediaRefusal(ErrorCode.MEDIA_TOO_LARGE, message);
    }

    /** The same of the media in one place of the request. */
    MediaRefusal at(String place) {
        return new MediaRefusal(code, String.valueOf(getMessage()), place);
    }

    /** Where the media are, where that is known here. */
    public @Nullable String path() {
        return path;
    }

    public ErrorCode code() {
        return code;
    }
}
