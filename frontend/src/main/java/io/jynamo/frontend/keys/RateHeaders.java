package io.jynamo.frontend.keys;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The headers that tell clients what their key has left, under the names of OpenAI's API. */
final class RateHeaders {
    private static final String PREFIX = "x-ratelimit-";

    private RateHeaders() {}

    /** Writes the three headers of one limit, or nothing where there is none. */
    static void write(String what, KeyUse.@Nullable Quota quota, BiConsumer<String, String> out) {
        if (quota != null) {
            out.accept(PREFIX + "limit-" + what, Long.toString(quota.limit()));
            out.accept(PREFIX + "remaining-" + what, Long.toString(quota.remaining()));
            out.accept(PREFIX + "reset-" + what, duration(quota.resetMillis()));
        }
    }

    /** A time as these headers spell it: {@code 1h2m3s}, {@code 1.5s}, {@code 20ms}, {@code 0s}. */
    static String duration(long millis) {
        if (millis < 1_000) {
            return millis == 0 ? "0s" : millis + "ms";
        }
        long hours = millis / 3_600_000;
        long minutes = millis / 60_000 % 60;
        long rest = millis % 60_000;
        String seconds = rest / 1_000 + (rest % 1_000 == 0 ? "" : "." + fraction(rest % 1_000)) + "s";
        if (hours > 0) {
            return hours + "h" + minutes + "m" + seconds;
        }
        return minutes > 0 ? minutes + "m" + seconds : seconds;
    }

    private static String fraction(long millis) {
        String digits = Long.toString(1_000 + millis).substring(1);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, end);
    }
}
