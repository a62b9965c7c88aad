package io.jynamo.frontend.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Writes to a folder so that what is done stays done when the machine loses power. */
public final class Disk {
    /** What clients say is nobody else's. */
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

    private Disk() {}

    /** Writes a whole file: whoever reads it, before a crash or after, sees the old bytes or the new ones. */
    public static void replace(Path file, byte[] bytes) {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeAll(out, bytes, 0, bytes.length);
            out.force(true);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        move(fresh, file);
    }

    /** Gives a file another name, in one step. */
    public static void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(to);
            sync(from);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Removes a file, if it is there. */
    public static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Makes a folder that only this user reads, if it is not there. */
    public static Path folder(Path folder) {
        try {
            boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
            if (posix) {
                Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWN));
            } else {
                Files.createDirectories(folder);
            }
            return folder;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The names in a folder, in order. */
    public static List<String> names(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Writes so many bytes, all of them. */
    public static void writeAll(FileChannel out, byte[] bytes, int from, int count) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, from, count);
        while (left.hasRemaining()) {
            out.write(left);
        }
    }

    /** A name that was made or removed is only then on the disk when its folder is. */
    private static void sync(Path named) throws IOException {
        Path folder = Objects.requireNonNull(named.toAbsolutePath().getParent());
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }
}
