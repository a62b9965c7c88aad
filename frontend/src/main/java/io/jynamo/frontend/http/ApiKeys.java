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
    private static final String KEY_HEADER = "x-api-key";
    private static final int TENANT_BYTES = 8;

    private final List<byte[]> digests;

    public ApiKeys(List<String> keys) {
        this.digests = keys.stream().map(ApiKeys::digest).toList();
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return digests.isEmpty();
    }

    /** Whether a request has one of the keys, as {@code Authorization: Bearer} or as {@code x-api-key}, or there are none. */
    public boolean admits(RequestHead head) {
        return admits(head.header("authorization")) || holds(head.header(KEY_HEADER));
    }

    /** Whether the value of an Authorization header holds one of the keys, or there are none. */
    public boolean admits(@Nullable String authorization) {
        return digests.isEmpty() || holds(bearer(authorization));
    }

    private static @Nullable String bearer(@Nullable String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? authorization.substring(SCHEME.length())
                : null;
    }

    private boolean holds(@Nullable String key) {
        if (key == null) {
            return false;
        }
        byte[] sent = digest(key.strip());
        boolean known = false;
        // Every key is looked at, so that the time tells nothing of which one it was.
        for (byte[] one : digests) {
            known |= MessageDigest.isEqual(one, sent);
        }
        return known;
    }

    /** What tells the holders of one key from those of another, for requests that were let in. */
    public static String credentials(RequestHead head) {
        String authorization = head.header("authorization");
        String key = head.header(KEY_HEADER);
        return (authorization == null ? "" : authorization.strip()) + "\n" + (key == null ? "" : key.strip());
    }

    /**
     * Whose a request is: a digest of its key, never the key itself; where no key is needed, what {@code x-tenant-id} says;
     * empty for nobody in particular.
     */
    public String tenant(RequestHead head) {
        if (!digests.isEmpty()) {
            String bearer = bearer(head.header("authorization"));
            String key = holds(bearer) ? bearer : head.header(KEY_HEADER);
            if (key != null) {
                return "key-" + HexFormat.of().formatHex(digest(key.strip()), 0, TENANT_BYTES);
            }
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
