package io.jynamo.runtime.session;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What both sides prove before a session opens: that they have the fleet's token. Each proof covers both nonces, so that
 * a recorded one opens nothing, and says whose it is, so that one side's cannot be sent back as the other's.
 */
final class Handshake {
    static final int VERSION = 1;
    static final int NONCE_BYTES = 32;
    static final int LEAST_NONCE_BYTES = 16;
    static final int MOST_NONCE_BYTES = 64;
    /** Before a peer has proved who it is it may send no more than this at once, in bytes. */
    static final int STRANGERS_FRAME = 4096;

    private static final String WORKER = "jynamo.worker.v1 worker";
    private static final String CLIENT = "jynamo.worker.v1 client";
    private static final SecureRandom RANDOM = new SecureRandom();

    private Handshake() {}

    static ByteString nonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        return ByteString.copyFrom(nonce);
    }

    static boolean isNonce(ByteString bytes) {
        return bytes.size() >= LEAST_NONCE_BYTES && bytes.size() <= MOST_NONCE_BYTES;
    }

    static ByteString workerProof(@Nullable String token, ByteString clientNonce, ByteString workerNonce) {
        return proof(token, WORKER, clientNonce, workerNonce);
    }

    static ByteString clientProof(@Nullable String token, ByteString clientNonce, ByteString workerNonce) {
        return proof(token, CLIENT, clientNonce, workerNonce);
    }

    /** Compared in a time that does not depend on how much of it is right. */
    static boolean isSame(ByteString expected, ByteString given) {
        return MessageDigest.isEqual(expected.toByteArray(), given.toByteArray());
    }

    private static ByteString proof(
            @Nullable String token, String whose, ByteString clientNonce, ByteString workerNonce) {
        if (token == null) {
            return ByteString.EMPTY;
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update(whose.getBytes(StandardCharsets.US_ASCII));
            mac.update(clientNonce.toByteArray());
            mac.update(workerNonce.toByteArray());
            return ByteString.copyFrom(mac.doFinal());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", impossible);
        }
    }
}
