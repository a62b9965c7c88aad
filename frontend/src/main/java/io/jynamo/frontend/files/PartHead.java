package io.jynamo.frontend.files;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The head of one part of a form.
 *
 * @param name of its field
 * @param filename or null where it is no file
 */
record PartHead(String name, @Nullable String filename) {
    private static final String DISPOSITION = "content-disposition:";
    private static final int MOST_BOUNDARY = 200;

    /** Reads the lines of a head. */
    static PartHead read(String head) {
        for (String line : head.split("\r\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith(DISPOSITION)) {
                String value = line.substring(DISPOSITION.length()).strip();
                String name = parameter(value, "name");
                if (name != null && value.startsWith("form-data")) {
                    return new PartHead(name, parameter(value, "filename"));
                }
            }
        }
        throw MultipartReader.broken("a part has no Content-Disposition with a name");
    }

    /** The boundary of a form, of the value of its content type; null where there is none that could be one. */
    static @Nullable String boundary(@Nullable String type) {
        String boundary = type == null ? null : parameter(type, "boundary");
        if (boundary == null || boundary.isEmpty() || boundary.length() > MOST_BOUNDARY) {
            return null;
        }
        return boundary.chars().allMatch(c -> c >= ' ' && c <= '~') ? boundary : null;
    }

    /** A parameter behind a semicolon, quoted or not. */
    private static @Nullable String parameter(String value, String wanted) {
        int at = value.indexOf(';');
        while (at >= 0) {
            int equals = value.indexOf('=', at);
            if (equals < 0) {
                return null;
            }
            String name = value.substring(at + 1, equals).strip();
            StringBuilder text = new StringBuilder();
            at = take(value, equals + 1, text);
            if (name.equalsIgnoreCase(wanted)) {
                return text.toString();
            }
        }
        return null;
    }

    /** Reads one value into {@code text}; returns where the next semicolon is, or -1. */
    private static int take(String value, int from, StringBuilder text) {
        int at = from;
        if (at < value.length() && value.charAt(at) == '"') {
            for (at++; at < value.length() && value.charAt(at) != '"'; at++) {
                if (value.charAt(at) == '\\' && at + 1 < value.length()) {
                    at++;
                }
                text.append(value.charAt(at));
            }
            return value.indexOf(';', Math.min(at, value.length()));
        }
        int end = value.indexOf(';', at);
        text.append(value.substring(at, end < 0 ? value.length() : end).strip());
        return end;
    }
}
