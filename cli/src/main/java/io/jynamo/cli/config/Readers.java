package io.jynamo.cli.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Readers of the kinds of value settings have. Each refuses with a sentence that begins with "must". */
public final class Readers {
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([KMGT]?)(i?)B?", Pattern.CASE_INSENSITIVE);
    private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h)?");

    private Readers() {}

    public static Setting.TextReader<String> text() {
        return text -> {
            if (text.isBlank()) {
                throw new IllegalArgumentException("must not be empty");
            }
            return text;
        };
    }

    /** A whole number from {@code least} to {@code most}, both included. */
    public static Setting.TextReader<Integer> count(int least, int most) {
        return text -> (int) whole(text, least, most);
    }

    public static Setting.TextReader<Long> number(long least, long most) {
        return text -> whole(text, least, most);
    }

    /** A decimal number above {@code bound}. */
    public static Setting.TextReader<Double> above(double bound) {
        return text -> {
            double value;
            try {
                value = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("must be a number, not '" + text + "'", e);
            }
            if (!(value > bound) || Double.isInfinite(value)) {
                throw new IllegalArgumentException("must be a number above " + bound + ", not " + text);
            }
            return value;
        };
    }

    /** A decimal number that is {@code bound} or more. */
    public static Setting.TextReader<Double> atLeast(double bound) {
        return text -> {
            double value;
            try {
                value = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("must be a number, not '" + text + "'", e);
            }
            if (!(value >= bound) || Double.isInfinite(value)) {
                throw new IllegalArgumentException("must be a number from " + bound + " on, not " + text);
            }
            return value;
        };
    }

    /** A decimal number from 0 to 1, both included. */
    public static Setting.TextReader<Double> share() {
        return text -> {
            double value;
            try {
                value = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("must be a number, not '" + text + "'", e);
            }
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException("must be from 0 to 1, not " + text);
            }
            return value;
        };
    }

    public static Setting.TextReader<Boolean> yesOrNo() {
        return text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1", "" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new IllegalArgumentException("must be true or false, not '" + text + "'");
        };
    }

    /** Bytes, written like {@code 512MiB}, {@code 2GB} or {@code 1048576}. */
    public static Setting.TextReader<Long> bytes() {
        return text -> {
            Matcher matcher = SIZE.matcher(text.strip());
            if (!matcher.matches() || matcher.group(1).length() > 12) {
                throw new IllegalArgumentException("must be a size such as 512MiB or 2GB, not '" + text + "'");
            }
            long unit = matcher.group(3).isEmpty() ? 1000 : 1024;
            long value = Long.parseLong(matcher.group(1));
            int power = "KMGT".indexOf(matcher.group(2).toUpperCase(Locale.ROOT)) + 1;
            if (matcher.group(2).isEmpty()) {
                power = 0;
            }
            try {
                for (int i = 0; i < power; i++) {
                    value = Math.multiplyExact(value, unit);
                }
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("must be below 8 EiB, not '" + text + "'", e);
            }
            if (value == 0) {
                throw new IllegalArgumentException("must be above zero");
            }
            return value;
        };
    }

    /** A time, written like {@code 30s}, {@code 500ms}, {@code 2m}; a bare number is seconds. */
    public static Setting.TextReader<Duration> time() {
        return text -> {
            Matcher matcher = TIME.matcher(text.strip());
            if (!matcher.matches() || matcher.group(1).length() > 9) {
                throw new IllegalArgumentException("must be a time such as 30s, 500ms or 2m, not '" + text + "'");
            }
            double millis = Double.parseDouble(matcher.group(1))
                    * switch (String.valueOf(matcher.group(2))) {
                        case "ms" -> 1;
                        case "m" -> 60_000;
                        case "h" -> 3_600_000;
                        default -> 1000;
                    };
            return Duration.ofMillis(Math.round(millis));
        };
    }

    public static Setting.TextReader<Path> path() {
        return text -> {
            try {
                return Path.of(text().read(text));
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("must be a path: " + e.getMessage(), e);
            }
        };
    }

    /** One of an enum's constants, written in lower case with hyphens. */
    public static <E extends Enum<E>> Setting.TextReader<E> oneOf(Class<E> type) {
        return text -> {
            for (E constant : type.getEnumConstants()) {
                if (spelling(constant).equals(text)) {
                    return constant;
                }
            }
            throw new IllegalArgumentException("must be one of " + spellings(type, ", ") + ", not '" + text + "'"
                    + Nearest.hint(
                            text,
                            Arrays.stream(type.getEnumConstants())
                                    .map(Readers::spelling)
                                    .toList()));
        };
    }

    /** An enum's constants as users write them. */
    public static <E extends Enum<E>> String spellings(Class<E> type, String separator) {
        return Arrays.stream(type.getEnumConstants()).map(Readers::spelling).collect(Collectors.joining(separator));
    }

    public static String spelling(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static long whole(String text, long least, long most) {
        long value;
        try {
            value = Long.parseLong(text.strip().replace("_", ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number, not '" + text + "'", e);
        }
        if (value < least || value > most) {
            throw new IllegalArgumentException("must be from " + least + " to " + most + ", not " + value);
        }
        return value;
    }
}
