package io.jynamo.frontend.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The SHA-256 of an API key, which stands for the key wherever it is kept. Keys are random and long, so that nobody finds
 * one by trying: a salt or a slow hash would add nothing.
 *
 * @param hex 64 lower-case digits
 */
public record KeyHash(String hex) {
    private static final String PREFIX = "sha256:";
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    public KeyHash {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("must be sha256: and 64 hexadecimal digits");
        }
    }

    /** The hash of a key as clients send it. */
    public static KeyHash of(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return new KeyHash(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Reads {@code sha256:HEX}.
     *
     * @throws IllegalArgumentException with a message that begins with "must"; it does not repeat the text, which may be a
     *     key that somebody took for its hash
     */
    public static KeyHash parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("must be sha256: and 64 hexadecimal digits; jynamo keys hash makes it");
        }
        return new KeyHash(text.substring(PREFIX.length()).toLowerCase(Locale.ROOT));
    }

    /** As it stands in a key file. */
    @Override
    public String toString() {
        return PREFIX + hex;
    }
}
