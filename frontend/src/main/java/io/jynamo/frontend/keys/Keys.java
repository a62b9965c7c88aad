package io.jynamo.frontend.keys;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of a running server with what reads their file and what writes requests down. */
public final class Keys implements AutoCloseable {
    private final KeyRing ring;
    private final @Nullable KeyFileWatch watch;
    private final @Nullable AuditLog audit;

    private Keys(KeyRing ring, @Nullable KeyFileWatch watch, @Nullable AuditLog audit) {
        this.ring = ring;
        this.watch = watch;
        this.audit = audit;
    }

    /**
     * Opens the audit log, reads the key file and watches it.
     *
     * @param plain keys given by flag
     * @throws io.jynamo.protocol.JynamoException INVALID_CONFIGURATION
     */
    public static Keys start(List<String> plain, KeyOptions options) {
        AuditLog audit = options.audit() == null ? null : AuditLog.start(options.audit());
        try {
            boolean hasFile = options.file() != null;
            KeyRing ring = new KeyRing(plain, hasFile, options.clock(), audit == null ? AuditSink.NONE : audit);
            return new Keys(ring, options.file() == null ? null : KeyFileWatch.start(options.file(), ring), audit);
        } catch (RuntimeException failed) {
            if (audit != null) {
                audit.close();
            }
            throw failed;
        }
    }

    public KeyRing ring() {
        return ring;
    }

    /** The key file, or null where there is none. */
    public @Nullable KeyFileWatch watch() {
        return watch;
    }

    /** The audit log, or null where there is none. */
    public @Nullable AuditLog audit() {
        return audit;
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        if (audit != null) {
            audit.close();
        }
    }
}
