package io.jynamo.cli.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a file's bytes must hash to.
 *
 * @param hex lower case
 */
record Digest(Kind kind, String hex) {
    enum Kind {
        SHA256,
        /** SHA-1 over git's blob header and the bytes: how repositories name small files. */
        GIT_BLOB
    }

    static Digest sha256(String hex) {
        return new Digest(Kind.SHA256, hex.toLowerCase(Locale.ROOT));
    }

    /** Recognises a digest by its form, as in an ETag: 64 hex digits or 40; null for anything else. */
    static @Nullable Digest recognise(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String bare = text.replace("W/", "").replace("\"", "").toLowerCase(Locale.ROOT);
        if (bare.matches("[0-9a-f]{64}")) {
            return new Digest(Kind.SHA256, bare);
        }
        return bare.matches("[0-9a-f]{40}") ? new Digest(Kind.GIT_BLOB, bare) : null;
    }

    /** The hex digest of a file under the same kind. */
    String of(Path file) throws IOException {
        MessageDigest digest = start(file);
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private MessageDigest start(Path file) throws IOException {
        try {
            if (kind == Kind.SHA256) {
                return MessageDigest.getInstance("SHA-256");
            }
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1 and SHA-256", e);
        }
    }

    boolean matches(Path file) throws IOException {
        return of(file).equals(hex);
    }

    @Override
    public String toString() {
        return (kind == Kind.SHA256 ? "sha256 " : "git blob ") + hex;
    }
}
