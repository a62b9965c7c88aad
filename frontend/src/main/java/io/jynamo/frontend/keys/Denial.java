package io.jynamo.frontend.keys;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;

/**
 * A limit of a key that keeps a request out.
 *
 * @param limit its number
 * @param pause until there is room, where nobody else takes it
 */
record Denial(Kind kind, long limit, Duration pause) {
    /** Which limit. */
    enum Kind {
        REQUESTS("rate", "requests per minute"),
        CONCURRENCY("concurrency", "requests at one time"),
        TOKENS_PER_MINUTE("tokens_per_minute", "tokens per minute"),
        TOKENS_PER_DAY("tokens_per_day", "tokens per day (UTC)");

        private final String label;
        private final String words;

        Kind(String label, String words) {
            this.label = label;
            this.words = words;
        }

        /** As the key file spells it. */
        String label() {
            return label;
        }
    }

    /** What the client is told. */
    JynamoException exception(String key) {
        String when = kind == Kind.CONCURRENCY
                ? "Wait for one of them to end."
                : "There is room again in " + RateHeaders.duration(pause.toMillis()) + ".";
        return JynamoException.retryable(
                ErrorCode.RATE_LIMIT_EXCEEDED,
                "The API key `" + key + "` is at its limit of " + limit + " " + kind.words + ". " + when,
                pause);
    }
}
