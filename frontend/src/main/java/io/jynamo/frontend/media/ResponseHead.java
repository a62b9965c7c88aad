package io.jynamo.frontend.media;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Status and headers of an answer, bounded.
 *
 * @param headers by their names in lower case; of several of one name the first, and all of those that say who may keep it
 */
record ResponseHead(int status, Map<String, String> headers) {
    private static final int MOST_BYTES = 32 << 10;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)( .*)?");

    /** @throws IOException where it is none, or too long */
    static ResponseHead read(InputStream in) throws IOException {
        int[] left = {MOST_BYTES};
        Matcher status = STATUS.matcher(line(in, left));
        if (!status.matches()) {
            throw new IOException("no answer of HTTP");
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IOException("a header without a name");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            boolean listed = name.equals("cache-control") || name.equals("vary");
            headers.merge(
                    name, line.substring(colon + 1).strip(), (first, more) -> listed ? first + "," + more : first);
        }
        return new ResponseHead(Integer.parseInt(status.group(1)), headers);
    }

    /** A header's value, empty where it is not there. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** How many bytes the body has; -1 where that is not said. */
    long length() throws IOException {
        String told = header("content-length");
        if (told.isEmpty()) {
            return -1;
        }
        if (!told.matches("\\d{1,18}")) {
            throw new IOException("a length that is none");
        }
        return Long.parseLong(told);
    }

    /** A line without its end; {@code left} is how many bytes may still come. */
    static String line(InputStream in, int[] left) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int one = in.read();
            if (one < 0) {
                throw new EOFException("it broke off");
            }
            if (--left[0] < 0) {
                throw new IOException("lines without end");
            }
            if (one == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            line.append((char) one);
        }
    }
}
