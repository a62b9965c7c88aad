package io.jynamo.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
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

    /** The JDK's figures are the container's where there is one. */
    private static Finding memory() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long total = system.getTotalMemorySize();
        long free = available(system.getFreeMemorySize());
        String found =
                gib(total) + " in all, " + gib(free) + " free" + (limited() ? " (limited by a control group)" : "");
        return free >= SMALLEST_SERVING_MEMORY
                ? Finding.ok("memory", found)
                : Finding.fail("memory", found, "free some: the default model needs about 1 GiB with its KV cache");
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
                            "disk", found, "models are pulled into a cache there; make room, or set JYNAMO_CACHE");
        } catch (IOException e) {
            return Finding.warn("disk", "cannot be read: " + e.getMessage(), "check that " + home + " exists");
        }
    }

    /** Free memory counts the page cache as used; the kernel's own estimate of what can be had does not. */
    private static long available(long free) {
        if (limited()) {
            return free;
        }
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(free);
        } catch (IOException e) {
            return free;
        }
    }

    private static boolean limited() {
        try {
            return !Files.readString(Path.of("/sys/fs/cgroup/memory.max"))
                    .strip()
                    .equals("max");
        } catch (IOException e) {
            return false;
        }
    }

    private static String gib(long size) {
        return "%.1f GiB".formatted(size / (double) (1L << 30));
    }
}
