package io.jynamo.runtime.session;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How processes of one fleet know each other.
 *
 * @param token a secret both sides prove to have without sending it; null for none
 * @param tls certificates both sides show; null for plain TCP
 */
public record Credentials(@Nullable String token, @Nullable Certificates tls) {
    /** Good on loopback alone. */
    public static final Credentials NONE = new Credentials(null, null);

    /** Shorter tokens can be guessed from a recorded handshake. */
    public static final int LEAST_TOKEN_LENGTH = 16;

    /**
     * PEM files.
     *
     * @param certificate chain of this process
     * @param key PKCS#8
     * @param authority whose signature the other side's certificate must have
     */
    public record Certificates(Path certificate, Path key, Path authority) {}

    public Credentials {
        if (token != null && token.length() < LEAST_TOKEN_LENGTH) {
            throw new IllegalArgumentException(
                    "the token has " + token.length() + " characters; it needs " + LEAST_TOKEN_LENGTH);
        }
    }

    /** Whether a stranger who can reach the port is kept out. */
    public boolean keepStrangersOut() {
        return token != null || tls != null;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Credentials[token=" + (token != null) + ", tls=" + (tls != null) + "]";
    }
}
