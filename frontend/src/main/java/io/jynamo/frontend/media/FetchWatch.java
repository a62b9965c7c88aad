package io.jynamo.frontend.media;

import io.jynamo.protocol.ErrorCode;
import java.util.Locale;

/** Hears what became of media that were to be fetched. Any thread. */
@FunctionalInterface
public interface FetchWatch {
    /** How one of them ended. */
    enum Outcome {
        FETCHED,
        /** It had been fetched before. */
        CACHED,
        NOT_ALLOWED,
        UNAVAILABLE,
        TOO_LARGE,
        INVALID,
        OVERLOADED,
        /** Nobody wanted it any more. */
        ABANDONED;

        static Outcome of(ErrorCode code) {
            return switch (code) {
                case MEDIA_NOT_ALLOWED -> NOT_ALLOWED;
                case MEDIA_TOO_LARGE -> TOO_LARGE;
                case MEDIA_INVALID -> INVALID;
                case OVERLOADED -> OVERLOADED;
                default -> UNAVAILABLE;
            };
        }

        /** As metrics name it. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Of nobody who wants to know. */
    FetchWatch NONE = (outcome, bytes, nanos) -> {};

    /**
     * One ended.
     *
     * @param bytes that were fetched
     * @param nanos it took, the wait for a place included
     */
    void onFetch(Outcome outcome, long bytes, long nanos);
}
