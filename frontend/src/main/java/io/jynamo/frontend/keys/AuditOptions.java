package io.jynamo.frontend.keys;

import java.nio.file.Path;

/**
 * How requests are written down.
 *
 * @param payloads whether with what was asked and answered
 * @param maxBytes size at which a file is put aside and another begun
 * @param keep how many of those put aside are kept
 */
public record AuditOptions(Path file, boolean payloads, long maxBytes, int keep) {
    public AuditOptions {
        if (maxBytes < 1 || keep < 0) {
            throw new IllegalArgumentException(
                    "maxBytes must be above 0 and keep not below: " + maxBytes + ", " + keep);
        }
    }
}
