package io.jynamo.frontend.responses;

import java.time.Duration;

/**
 * What kept responses may take.
 *
 * @param bytes of all of them; zero keeps none
 * @param count of them at most
 * @param window how long one is kept after it was last used; zero keeps none
 */
public record ResponseLimits(long bytes, int count, Duration window) {
    /** 64 MiB, ten thousand responses, an hour. */
    public static final ResponseLimits DEFAULT = new ResponseLimits(64L << 20, 10_000, Duration.ofHours(1));

    public ResponseLimits {
        if (bytes < 0 || count < 0 || window.isNegative()) {
            throw new IllegalArgumentException(
                    "limits must not be negative: " + bytes + " bytes, " + count + " responses, " + window);
        }
    }

    /** Whether anything is kept at all. */
    public boolean isOn() {
        return bytes > 0 && count > 0 && window.isPositive();
    }

    public ResponseLimits with(long mostBytes, Duration until) {
        return new ResponseLimits(mostBytes, count, until);
    }
}
