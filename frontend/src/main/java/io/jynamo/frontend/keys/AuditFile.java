package io.jynamo.frontend.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file that audit rows are written to, and those put aside when it was full: {@code FILE.1} is the newest of them. One
 * thread.
 *
 * <p>Rows are written whole or not at all: what a full disk took of them is cut off again.
 */
final class AuditFile implements AuditWriter {
    private static final Set<StandardOpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

    private final AuditOptions options;
    private @Nullable FileChannel channel;
    private @Nullable Object inode;
    private long rotateAt;

    AuditFile(AuditOptions options) {
        this.options = options;
        this.rotateAt = options.maxBytes();
    }

    @Override
    public void append(byte[] rows) throws IOException {
        if (isMoved()) {
            close();
        }
        FileChannel out = open();
        boolean plain = Files.isRegularFile(options.file());
        if (plain && out.size() > 0 && out.size() + rows.length > rotateAt) {
            out = rotate(out);
        }
        long before = out.size();
        try {
            ByteBuffer left = ByteBuffer.wrap(rows);
            while (left.hasRemaining()) {
                out.write(left);
            }
        } catch (IOException failed) {
            if (plain) {
                cut(out, before);
            }
            close();
            throw failed;
        }
    }

    private static void cut(FileChannel out, long size) {
        try {
            out.truncate(size);
        } catch (IOException alsoThat) {
            // The reader finds half a row; the failure before this one is told.
        }
    }

    private FileChannel open() throws IOException {
        FileChannel now = channel;
        if (now != null && now.isOpen()) {
            return now;
        }
        Path file = options.file();
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        FileChannel opened = FileChannel.open(file, OPTIONS, attributes);
        try {
            if (Files.isRegularFile(file) && opened.tryLock() == null) {
                throw new FileSystemException(file.toString(), null, "another process writes to it");
            }
        } catch (OverlappingFileLockException ours) {
            opened.close();
            throw new FileSystemException(file.toString(), null, "this process writes to it already");
        } catch (IOException failed) {
            opened.close();
            throw failed;
        }
        channel = opened;
        inode = inode();
        return opened;
    }

    /** Whether the file was moved or deleted by somebody else: what is written to it is then missed where it is looked for. */
    private boolean isMoved() {
        try {
            return channel != null && !Objects.equals(inode, inode());
        } catch (IOException gone) {
            return true;
        }
    }

    private @Nullable Object inode() throws IOException {
        return Files.readAttributes(options.file(), BasicFileAttributes.class).fileKey();
    }

    /** Puts the file aside; where that cannot be done it grows on, and another eighth later it is tried again. */
    private FileChannel rotate(FileChannel full) throws IOException {
        try {
            Files.deleteIfExists(aside(options.keep()));
            for (int i = options.keep() - 1; i >= 0; i--) {
                if (Files.exists(aside(i))) {
                    Files.move(aside(i), aside(i + 1), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException refused) {
            rotateAt = full.size() + Math.max(1, options.maxBytes() / 8);
            return full;
        }
        rotateAt = options.maxBytes();
        close();
        return open();
    }

    private Path aside(int index) {
        Path file = options.file();
        return index == 0 ? file : file.resolveSibling(file.getFileName() + "." + index);
    }

    @Override
    public void close() throws IOException {
        FileChannel now = channel;
        channel = null;
        if (now != null) {
            now.close();
        }
    }
}
