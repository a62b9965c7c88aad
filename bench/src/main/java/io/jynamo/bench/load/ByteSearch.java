package io.jynamo.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A search for one ASCII text in bytes (Horspool: it skips by what stands at the end of the window). */
final class ByteSearch {
    private final byte[] wanted;
    private final byte[] skip = new byte[256];

    /** @param text of 1 to 127 ASCII characters */
    ByteSearch(String text) {
        wanted = text.getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(skip, (byte) wanted.length);
        for (int i = 0; i < wanted.length - 1; i++) {
            skip[wanted[i]] = (byte) (wanted.length - 1 - i);
        }
    }

    /** Where the first occurrence within {@code from} to {@code to} ends, or -1. */
    int end(byte[] bytes, int from, int to) {
        int last = wanted.length - 1;
        for (int i = from + last; i < to; i += skip[bytes[i] & 0xFF]) {
            int j = last;
            while (bytes[i - last + j] == wanted[j]) {
                if (j-- == 0) {
                    return i + 1;
                }
            }
        }
        return -1;
    }
}
