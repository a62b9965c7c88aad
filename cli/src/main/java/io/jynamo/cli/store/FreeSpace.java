package io.jynamo.cli.store;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much room a folder's disk has; a seam, so that a full disk can be had in a test. */
@FunctionalInterface
interface FreeSpace {
    /** Left for file systems' own bookkeeping. */
    long MARGIN = 8L << 20;

    FreeSpace REAL = folder -> Files.getFileStore(folder).getUsableSpace();

    long bytes(Path folder) throws IOException;

    /**
     * Holds that there is room before anything is fetched.
     *
     * @throws JynamoException DISK_FULL with how much is missing
     */
    default void require(Path folder, long needed, String model) throws IOException {
        long free = bytes(folder);
        if (needed > 0 && free < needed + MARGIN) {
            throw full(folder, model, needed + MARGIN, free, null);
        }
    }

    /** What a failed write means: a full disk by name, anything else as it is. */
    default JynamoException explain(IOException cause, Path folder, String model, long needed) {
        String text = String.valueOf(cause.getMessage());
        if (text.contains("No space left") || text.contains("not enough space") || text.contains("Disk quota")) {
            long free = 0;
            try {
                free = bytes(folder);
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
            return full(folder, model, needed, Math.min(free, needed), cause);
        }
        return new JynamoException(
                ErrorCode.PULL_FAILED,
                model + ": cannot write to " + folder + ": " + cause + "; check its permissions",
                cause);
    }

    private static JynamoException full(Path folder, String model, long needed, long free, @Nullable Throwable cause) {
        return new JynamoException(
                ErrorCode.DISK_FULL,
                String.format(
                        Locale.ROOT,
                        "%s: the disk of %s is full: %.1f MB more are needed, %.1f MB are free, so %.1f MB are missing. "
                                + "Make room, or set JYNAMO_HOME to a folder on another disk; what is here so far is kept.",
                        model,
                        folder,
                        needed / 1e6,
                        free / 1e6,
                        Math.max(0, needed - free) / 1e6),
                cause);
    }
}
