package io.jynamo.bench.load;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a process has used, from Linux's /proc.
 *
 * @param userSeconds CPU in user mode, all threads
 * @param systemSeconds CPU in the kernel on its behalf
 * @param rssMib resident memory now
 * @param peakMib resident memory at most
 */
public record ProcessUsage(double userSeconds, double systemSeconds, double rssMib, double peakMib) {
    /** Ticks a second of /proc/PID/stat on every Linux that runs a JVM. */
    private static final double TICKS_PER_SECOND = 100;

    /** Fields of that file after the name, which may hold spaces and ends at the last parenthesis. */
    private static final int USER = 11;

    private static final int SYSTEM = 12;

    public double cpuSeconds() {
        return userSeconds + systemSeconds;
    }

    static ProcessUsage own() {
        return of(ProcessHandle.current().pid());
    }

    /**
     * What a process and its children that still run have used since their start.
     *
     * @throws JynamoException INVALID_CONFIGURATION when there is no such process or no /proc
     */
    public static ProcessUsage of(long pid) {
        try {
            ProcessUsage used = alone(pid);
            for (ProcessHandle child : ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::descendants)
                    .toList()) {
                used = used.plus(alone(child.pid()));
            }
            return used;
        } catch (IOException e) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "cannot measure process " + pid + ": " + e.getMessage(), e);
        }
    }

    /** CPU seconds in what a process's or thread's {@code stat} file holds. */
    public static double cpuSeconds(String stat) {
        return seconds(stat, USER) + seconds(stat, SYSTEM);
    }

    private static double seconds(String stat, int field) {
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        return Long.parseLong(fields.get(field)) / TICKS_PER_SECOND;
    }

    private static ProcessUsage alone(long pid) throws IOException {
        Path folder = Path.of("/proc", Long.toString(pid));
        String stat = Files.readString(folder.resolve("stat"));
        double resident = 0;
        double peak = 0;
        for (String line : Files.readAllLines(folder.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                resident = kib(line);
            } else if (line.startsWith("VmHWM:")) {
                peak = kib(line);
            }
        }
        return new ProcessUsage(seconds(stat, USER), seconds(stat, SYSTEM), resident / 1024, peak / 1024);
    }

    private ProcessUsage plus(ProcessUsage other) {
        return new ProcessUsage(
                userSeconds + other.userSeconds,
                systemSeconds + other.systemSeconds,
                rssMib + other.rssMib,
                peakMib + other.peakMib);
    }

    /** CPU since then; memory as it is now. */
    ProcessUsage minus(ProcessUsage before) {
        return new ProcessUsage(
                userSeconds - before.userSeconds, systemSeconds - before.systemSeconds, rssMib, peakMib);
    }

    static Map<String, ProcessUsage> since(Map<String, ProcessUsage> before, Map<String, ProcessUsage> after) {
        Map<String, ProcessUsage> used = new TreeMap<>();
        after.forEach((label, usage) -> used.put(label, usage.minus(before.getOrDefault(label, usage))));
        return used;
    }

    private static double kib(String line) {
        return Double.parseDouble(line.replaceAll("[^0-9]", ""));
    }
}
