package io.jynamo.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A small file system of its own whose writes can be held up, each and all, until they are let go on: what a disk that
 * does not answer is to those who write to it. Reading goes on.
 */
final class SlowDisk implements AutoCloseable {
    private final Path image;
    private final Path folder;
    private boolean held;

    private SlowDisk(Path image, Path folder) {
        this.image = image;
        this.folder = folder;
    }

    /** Makes and mounts one; the test does not run where that is not allowed. */
    static SlowDisk mount(Path below) throws IOException {
        Path image = below.resolve("disk.image");
        Path folder = Files.createDirectory(below.resolve("disk"));
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(64 << 20);
        }
        boolean mounted =
                does("mkfs.ext4", "-q", "-F", image.toString()) && does("mount", "-o", "loop", "" + image, "" + folder);
        assumeTrue(mounted, "not run: a file system in a file cannot be mounted here (root, mkfs.ext4, loop devices)");
        return new SlowDisk(image, folder);
    }

    Path folder() {
        return folder;
    }

    /** From now on whoever writes waits. */
    void hold() {
        held = true;
        if (!does("fsfreeze", "--freeze", folder.toString())) {
            throw new AssertionError("fsfreeze failed");
        }
    }

    /** Before anything that writes there is waited for. */
    void ensureLetGo() {
        if (held) {
            letGo();
        }
    }

    /** Leaves no byte of room. */
    void fill() {
        does("dd", "if=/dev/zero", "bs=65536", "of=" + filler()); // fails for want of room, as it should
        does("dd", "if=/dev/zero", "bs=512", "of=" + filler() + ".rest");
    }

    /** Makes room again. */
    void clear() {
        does("rm", "-f", filler(), filler() + ".rest");
    }

    private String filler() {
        return folder.resolve("filler").toString();
    }

    void letGo() {
        held = false;
        if (!does("fsfreeze", "--unfreeze", folder.toString())) {
            throw new AssertionError("fsfreeze failed");
        }
    }

    private static boolean does(String... line) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
        String command = String.join(" ", line);
        return Command.run(List.of("/bin/sh", "-c", command), Map.of("PATH", path))
                        .exitCode()
                == 0;
    }

    @Override
    public void close() {
        ensureLetGo();
        does("umount", folder.toString());
        try {
            Files.deleteIfExists(image);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
