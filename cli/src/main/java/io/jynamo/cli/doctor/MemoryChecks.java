package io.jynamo.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Memory, as this process may use it, and disk space. */
final class MemoryChecks {
    private static final long SMALLEST_SERVING_MEMORY = 1L << 30;
    private static final long SMALLEST_DISK = 2L << 30;

    private MemoryChecks() {}

    static List<Finding> all() {
        return List.of(memory(), heap(), disk(Path.of(System.getProperty("user.home"))));
    }

    private static Finding memory() {
        long total = Memory.total();
        long free = Memory.available();
        String found = gib(total) + " in all, " + gib(free) + " free"
                + (Memory.isLimited() ? " (limited by a control group)" : "");
        return free >= SMALLEST_SERVING_MEMORY
                ? Finding.ok("memory", found)
                : Finding.fail("memory", found, "the default model needs about 1 GiB with its KV cache", "free some");
    }

    private static Finding heap() {
        return Finding.ok(
                "Java heap",
                "up to " + gib(Runtime.getRuntime().maxMemory())
                        + "; weights and KV cache are outside it (JYNAMO_JAVA_OPTS=-Xmx2g changes it)");
    }

    private static Finding disk(Path home) {
        try {
            long free = Files.getFileStore(home).getUsableSpace();
            String found = gib(free) + " free in " + home;
            return free >= SMALLEST_DISK
                    ? Finding.ok("disk", found)
                    : Finding.warn(
                            "disk", found, "models are pulled into a cache there", "make room, or set JYNAMO_HOME");
        } catch (IOException e) {
            return Finding.warn(
                    "disk",
                    "cannot be read: " + e.getMessage(),
                    "models are pulled into a cache there",
                    "check that " + home + " exists");
        }
    }

    private static String gib(long size) {
        return "%.1f GiB".formatted(size / (double) (1L << 30));
    }
}
