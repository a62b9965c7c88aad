package io.jynamo.frontend.keys;

import java.io.IOException;

/** Takes rows of the audit log, whole or not at all. */
interface AuditWriter {
    /** Adds rows to what is there; may be tried again after a failure. */
    void append(byte[] rows) throws IOException;

    void close() throws IOException;
}
