package io.jynamo.runtime.session;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A {@link TextFile} with where its content is read: a file, or bytes. */
public record TextContent(TextFile file, Source source) {
    /** Reads some of it. */
    @FunctionalInterface
    public interface Source {
        /** {@code length} bytes from {@code offset}; both lie within the file. */
        byte[] read(long offset, int length) throws IOException;
    }

    /** A file as it is now. It is served as long as it stays as it is. */
    public static TextContent of(Path path) throws IOException {
        MessageDigest sha256 = sha256();
        try (InputStream in = Files.newInputStream(path)) {
            byte[] piece = new byte[1 << 16];
            for (int read = in.read(piece); read > 0; read = in.read(piece)) {
                sha256.update(piece, 0, read);
            }
        }
        TextFile file = new TextFile(name(path), Files.size(path), sha256.digest());
        return new TextContent(file, (offset, length) -> read(path, offset, length));
    }

    /** Bytes under a name. */
    public static TextContent of(String name, byte[] content) {
        byte[] kept = content.clone();
        TextFile file = new TextFile(name, kept.length, sha256().digest(kept));
        return new TextContent(file, (offset, length) -> {
            byte[] part = new byte[length];
            System.arraycopy(kept, (int) offset, part, 0, length);
            return part;
        });
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static byte[] read(Path path, long offset, int length) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(length);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            while (part.hasRemaining()) {
                if (channel.read(part, offset + part.position()) < 0) {
                    throw new EOFException(path + " became shorter while it was served");
                }
            }
        }
        return part.array();
    }
}
