package io.jynamo.frontend.files;

import io.jynamo.frontend.keys.Owner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file while it is written, of which nobody knows yet. One thread. */
final class FileDraft {
    private final String id;
    private final Owner owner;
    private final Path path;
    private final Quota quota;
    private final FileChannel out;
    private long size;

    private FileDraft(String id, Owner owner, Path path, Quota quota, FileChannel out) {
        this.id = id;
        this.owner = owner;
        this.path = path;
        this.quota = quota;
        this.out = out;
    }

    static FileDraft open(String id, Owner owner, Path path, Quota quota) {
        try {
            return new FileDraft(
                    id,
                    owner,
                    path,
                    quota,
                    FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String id() {
        return id;
    }

    Owner owner() {
        return owner;
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    /** @throws io.jynamo.protocol.JynamoException DISK_FULL when its owner, or all, have too much */
    void write(byte[] bytes, int from, int count) {
        quota.take(owner, count);
        size += count;
        try {
            Disk.writeAll(out, bytes, from, count);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Has all on the disk. */
    void finish() {
        try (out) {
            out.force(true);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Forgets it. */
    void discard() {
        quota.giveBack(owner, size);
        size = 0;
        try {
            out.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Disk.delete(path);
    }
}
