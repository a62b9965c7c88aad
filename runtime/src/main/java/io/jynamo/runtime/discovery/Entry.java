package io.jynamo.runtime.discovery;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Something announced: a path-like key, for example {@code instances/<namespace>/<component>/<endpoint>/<id>}, and bytes
 * that only its publisher and its readers understand. Compared by content.
 *
 * @param key segments of {@code [A-Za-z0-9._-]} with slashes between, none of them {@code .} or {@code ..}, at most
 *     {@value #MAX_KEY} characters
 * @param value at most {@value #MAX_VALUE} bytes; copied in and out
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, and compared by content below
public record Entry(String key, byte[] value) {
    /** With what a file system's name may have, 255 bytes, and room for an ending. */
    public static final int MAX_KEY = 240;

    public static final int MAX_VALUE = 1 << 20;

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*+");

    /** Throws {@link ErrorCode#INVALID_REQUEST} where the key or the value breaks the rules above. */
    public Entry {
        String wrong = wrongWith(key);
        if (!wrong.isEmpty()) {
            throw new JynamoException(ErrorCode.INVALID_REQUEST, "A discovery key " + wrong + ".");
        }
        if (value.length > MAX_VALUE) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "The value of " + key + " has " + value.length + " bytes, more than the " + MAX_VALUE
                            + " that discovery takes.");
        }
        value = value.clone();
    }

    /** What is wrong with a key, or nothing. */
    static String wrongWith(String key) {
        if (key.length() > MAX_KEY) {
            return "may have " + MAX_KEY + " characters; " + key.substring(0, 40) + "... has " + key.length();
        }
        if (!KEY.matcher(key).matches()) {
            return "is made of segments of letters, digits, '.', '_' and '-' with one '/' between; \"" + key
                    + "\" is not";
        }
        for (String segment : key.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return "may not have the segment \"" + segment + "\"; \"" + key + "\" has";
            }
        }
        return "";
    }

    @Override
    public byte[] value() {
        return value.clone();
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Entry that && key.equals(that.key) && Arrays.equals(value, that.value));
    }

    @Override
    public int hashCode() {
        return 31 * key.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return key + " (" + value.length + " bytes)";
    }
}
