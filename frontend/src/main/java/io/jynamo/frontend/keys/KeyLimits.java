package io.jynamo.frontend.keys;

/**
 * How much one key may take; 0 stands for no limit.
 *
 * @param requestsPerMinute requests that may begin in a minute, in the long run
 * @param burst requests that may begin at once after a time of rest
 * @param concurrency requests that may run at one time
 * @param tokensPerMinute prompt and completion tokens, in the long run
 * @param tokensPerDay prompt and completion tokens of a day, by UTC
 */
public record KeyLimits(long requestsPerMinute, long burst, long concurrency, long tokensPerMinute, long tokensPerDay) {
    /** Largest number of any of them: far beyond what one process does, and far from overflowing a count of parts. */
    public static final long MOST = 1_000_000_000;

    /** Without limits. */
    public static final KeyLimits NONE = new KeyLimits(0, 0, 0, 0, 0);

    public KeyLimits {
        require("rate", requestsPerMinute);
        require("burst", burst);
        require("concurrency", concurrency);
        require("tokens_per_minute", tokensPerMinute);
        require("tokens_per_day", tokensPerDay);
        if ((requestsPerMinute == 0) != (burst == 0)) {
            throw new IllegalArgumentException("rate and burst belong together");
        }
    }

    private static void require(String name, long value) {
        if (value < 0 || value > MOST) {
            throw new IllegalArgumentException(name + " must be from 0 to " + MOST + ": " + value);
        }
    }
}
