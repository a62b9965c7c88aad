package io.jynamo.frontend.files;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Holds a folder for one process alone, for as long as that lives. */
final class FolderLock implements AutoCloseable {
    private final FileChannel file;

    private FolderLock(FileChannel file) {
        this.file = file;
    }

    /** @throws JynamoException INVALID_CONFIGURATION when another process has it, or it cannot be written to */
    static FolderLock take(Path folder) {
        try {
            FileChannel file = FileChannel.open(
                    Disk.folder(folder).resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(file) != null) {
                return new FolderLock(file);
            }
            file.close();
        } catch (IOException | java.io.UncheckedIOException failed) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "--files-dir " + folder + " cannot be written to: " + failed.getMessage(),
                    failed);
        }
        throw new JynamoException(
                ErrorCode.INVALID_CONFIGURATION,
                "--files-dir " + folder + " is in use by another process; give each process a folder of its own.");
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException ours) {
            return null; // another server of this process
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
