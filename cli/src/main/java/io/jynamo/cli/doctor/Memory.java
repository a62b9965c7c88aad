package io.jynamo.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this machine, or of the container this process is limited to. */
public final class Memory {
    private Memory() {}

    /** Bytes this process could get now. */
    public static long available() {
        long free = system().getFreeMemorySize();
        if (isLimited()) {
            return free;
        }
        // Free memory counts the page cache as used; the kernel's own estimate of what can be had does not.
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(free);
        } catch (IOException e) {
            return free;
        }
    }

    /** Bytes in all. */
    static long total() {
        return system().getTotalMemorySize();
    }

    /** Whether a control group sets a limit below the machine's memory. */
    static boolean isLimited() {
        try {
            return !Files.readString(Path.of("/sys/fs/cgroup/memory.max"))
                    .strip()
                    .equals("max");
        } catch (IOException e) {
            return false;
        }
    }

    /** The JDK's figures are the container's where there is one. */
    private static OperatingSystemMXBean system() {
        return (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    }
}
