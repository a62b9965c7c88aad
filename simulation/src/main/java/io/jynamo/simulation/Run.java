package io.jynamo.simulation;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * One workload under one policy, whole.
 *
 * @param outcomes by arrival
 * @param busyNanos how long each worker computed
 * @param nanos from the first arrival to the last end
 * @param events that it took
 */
public record Run(
        String workload, String policy, List<Outcome> outcomes, List<Long> busyNanos, long nanos, long events) {
    public Run {
        outcomes = List.copyOf(outcomes);
        busyNanos = List.copyOf(busyNanos);
    }

    /** SHA-256 of every decision and time: two runs that did the same have the same. */
    public String digest() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        ByteBuffer row = ByteBuffer.allocate(3 * Integer.BYTES + 3 * Long.BYTES + Integer.BYTES);
        for (Outcome outcome : outcomes) {
            row.clear();
            row.putInt(outcome.number()).putInt(outcome.worker()).putInt(outcome.expectedBlocks());
            row.putLong(outcome.arrivalNanos())
                    .putLong(outcome.firstTokenNanos())
                    .putLong(outcome.endNanos());
            digest.update(row.putInt(outcome.cachedTokens()).flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
