package io.jynamo.engine.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processes of this machine, from {@code /proc} where there is one. Elsewhere only births can be told (by the
 * system's start times), and neither groups nor environments.
 */
public final class ProcessTable {
    private static final Path PROC = Path.of("/proc");
    private static final Path BOOT = PROC.resolve("sys/kernel/random/boot_id");
    static final boolean HAS_PROC = Files.isReadable(PROC.resolve("self/stat"));

    // Fields of /proc/PID/stat after the name in parentheses, from 0.
    private static final int STATE = 0;
    private static final int GROUP = 2;
    private static final int SESSION = 3;
    private static final int START = 19;

    /** One process; {@code start} is in clock ticks since the machine was started. */
    record Entry(long pid, long group, long session, char state, long start) {
        boolean isAlive() {
            return state != 'Z' && state != 'X';
        }
    }

    private ProcessTable() {}

    /** What tells a process from any other that ever had its pid; empty where it is not running. */
    public static Optional<String> birth(long pid) {
        if (HAS_PROC) {
            return find(pid).filter(Entry::isAlive).map(entry -> bootId() + ":" + entry.start);
        }
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().startInstant())
                .map(Object::toString);
    }

    /** The process group of a process. */
    static Optional<Long> group(long pid) {
        return find(pid).map(Entry::group);
    }

    /** Everything that runs and is no zombie. */
    static List<Entry> all() {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path folder : folders) {
                find(Long.parseLong(folder.getFileName().toString()))
                        .filter(Entry::isAlive)
                        .ifPresent(entries::add);
            }
        } catch (IOException e) {
            return List.of();
        }
        return entries;
    }

    /** A variable of a process's environment; empty where it has none such, or has written over it, as vLLM's do. */
    static Optional<String> variable(long pid, String name) {
        try {
            String all = Files.readString(PROC.resolve(pid + "/environ"), StandardCharsets.ISO_8859_1);
            for (String each : all.split("\0", -1)) {
                if (each.startsWith(name + "=")) {
                    return Optional.of(each.substring(name.length() + 1));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Entry> find(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ", -1);
            return Optional.of(new Entry(
                    pid,
                    Long.parseLong(fields[GROUP]),
                    Long.parseLong(fields[SESSION]),
                    fields[STATE].charAt(0),
                    Long.parseLong(fields[START])));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static String bootId() {
        try {
            return Files.readString(BOOT).trim();
        } catch (IOException e) {
            return "";
        }
    }
}
