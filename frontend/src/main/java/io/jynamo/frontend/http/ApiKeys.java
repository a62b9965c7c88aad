package io.jynamo.frontend.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The API keys that open a server of services; none at all leaves it open. Compared in constant time. */
public final class ApiKeys {
    private static final String SCHEME = "bearer ";

    private final List<byte[]> digests;

    public ApiKeys(List<String> keys) {
        this.digests = keys.stream().map(ApiKeys::digest).toList();
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return digests.isEmpty();
    }

    /** Whether the value of an Authorization header holds one of the keys, or there are none. */
    public boolean admits(@Nullable String authorization) {
        if (digests.isEmpty()) {
            return true;
        }
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] sent = digest(authorization.substring(SCHEME.length()).strip());
        boolean known = false;
        // Every key is looked at, so that the time tells nothing of which one it was.
        for (byte[] key : digests) {
            known |= MessageDigest.isEqual(key, sent);
        }
        return known;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
