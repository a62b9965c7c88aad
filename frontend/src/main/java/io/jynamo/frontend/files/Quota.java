package io.jynamo.frontend.files;

import io.jynamo.frontend.keys.Owner;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.HashMap;
import java.util.Map;

/** The bytes that files take, of each owner and in all. Thread-safe. */
final class Quota {
    private final FileLimits limits;
    private final Map<Owner, Long> owned = new HashMap<>();
    private long total;

    Quota(FileLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes so many bytes, or none.
     *
     * @throws JynamoException DISK_FULL
     */
    synchronized void take(Owner owner, long bytes) {
        long own = owned.getOrDefault(owner, 0L);
        if (own + bytes > limits.ownerBytes()) {
            throw new JynamoException(
                    ErrorCode.DISK_FULL,
                    "Your files take " + own + " of the " + limits.ownerBytes()
                            + " bytes they may; delete some, or wait until they expire.");
        }
        if (total + bytes > limits.totalBytes()) {
            throw new JynamoException(
                    ErrorCode.DISK_FULL,
                    "The files of all clients take the " + limits.totalBytes()
                            + " bytes they may; delete some, or raise --files-bytes.");
        }
        add(owner, bytes);
    }

    /** Counts what is written already. */
    synchronized void add(Owner owner, long bytes) {
        long now = owned.getOrDefault(owner, 0L) + bytes;
        total += bytes;
        if (now == 0) {
            owned.remove(owner);
        } else {
            owned.put(owner, now);
        }
    }

    void giveBack(Owner owner, long bytes) {
        add(owner, -bytes);
    }

    /** Whether anything more of an owner may be written. */
    synchronized boolean hasRoom(Owner owner) {
        return owned.getOrDefault(owner, 0L) < limits.ownerBytes() && total < limits.totalBytes();
    }

    synchronized long total() {
        return total;
    }
}
