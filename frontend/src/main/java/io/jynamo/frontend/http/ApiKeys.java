package io.jynamo.frontend.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The API keys that open a server; none at all leaves it open. Compared in constant time. */
public final class ApiKeys {
    private static final String SCHEME = "bearer ";
    private static final int TENANT_BYTES = 8;

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

    /**
     * Whose a request is: a digest of its key, never the key itself; where no key is needed, what {@code x-tenant-id} says;
     * empty for nobody in particular.
     */
    public String tenant(RequestHead head) {
        String authorization = head.header("authorization");
        if (!digests.isEmpty() && authorization != null && authorization.length() > SCHEME.length()) {
            byte[] sent = digest(authorization.substring(SCHEME.length()).strip());
            return "key-" + HexFormat.of().formatHex(sent, 0, TENANT_BYTES);
        }
        String tenant = head.header("x-tenant-id");
        return tenant == null ? "" : tenant.strip();
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
