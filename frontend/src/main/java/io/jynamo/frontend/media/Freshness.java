package io.jynamo.frontend.media;

import java.time.Duration;
import java.util.Locale;

/** For how long an answer may be given again without asking, as a cache shared by many reads its headers (RFC 9111), minutes at most. */
final class Freshness {
    private static final long MOST_SECONDS = 300;

    private Freshness() {}

    /** Nothing where the server does not say that it may be kept. */
    static Duration of(ResponseHead head) {
        if (head.header("vary").contains("*") || !head.header("set-cookie").isEmpty()) {
            return Duration.ZERO;
        }
        long age = -1;
        boolean shared = false;
        for (String each : head.header("cache-control").toLowerCase(Locale.ROOT).split(",", -1)) {
            String directive = each.strip();
            int equals = directive.indexOf('=');
            String name =
                    equals < 0 ? directive : directive.substring(0, equals).strip();
            switch (name) {
                case "no-store", "no-cache", "private" -> {
                    return Duration.ZERO;
                }
                case "s-maxage" -> {
                    age = seconds(directive.substring(equals + 1));
                    shared = true;
                }
                case "max-age" -> age = shared ? age : seconds(directive.substring(equals + 1));
                default -> {}
            }
        }
        long passed = head.header("age").isEmpty() ? 0 : seconds(head.header("age"));
        return Duration.ofSeconds(passed < 0 ? 0 : Math.clamp(age - passed, 0, MOST_SECONDS));
    }

    /** -1 for what is no number of them. */
    private static long seconds(String text) {
        String digits = text.strip().replace("\"", "");
        return digits.matches("\\d{1,10}") ? Long.parseLong(digits) : -1;
    }
}
