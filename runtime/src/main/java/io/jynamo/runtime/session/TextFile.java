package io.jynamo.runtime.session;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A file that turns text into token ids or conversations into text, as a worker offers it to frontends.
 *
 * @param name for example {@code tokenizer.json}; no folders
 * @param size in bytes
 * @param sha256 of its content
 */
@SuppressWarnings("ArrayRecordComponent") // written once; compared by content below
public record TextFile(String name, long size, byte[] sha256) {
    public TextFile {
        if (name.isBlank() || name.contains("/") || name.contains("\\") || name.startsWith(".")) {
            throw new IllegalArgumentException("not the name of a file: '" + name + "'");
        }
        if (size < 0 || sha256.length != 32) {
            throw new IllegalArgumentException(
                    "a file has a size and a SHA-256 of 32 bytes; " + name + " has " + size + " and " + sha256.length);
        }
    }

    /** The digest in hexadecimal: where a cache keeps it. */
    public String digest() {
        return HexFormat.of().formatHex(sha256);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TextFile that
                && name.equals(that.name)
                && size == that.size
                && Arrays.equals(sha256, that.sha256);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sha256);
    }

    @Override
    public String toString() {
        return name + " (" + size + " bytes, " + digest().substring(0, 12) + ")";
    }
}
