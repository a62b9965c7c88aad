package io.jynamo.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the system lets this process have: open files, locked memory, shared memory. */
final class LimitChecks {
    private static final long FEWEST_FILES = 65_536;
    private static final long SMALLEST_SHARED = 1L << 30;
    private static final long LEAST_LOCKED = 1L << 30;
    private static final Path LIMITS = Path.of("/proc/self/limits");

    private LimitChecks() {}

    static List<Finding> all() {
        String limits = limits();
        return List.of(openFiles(limits), lockedMemory(limits), sharedMemory(Path.of("/dev/shm")));
    }

    private static String limits() {
        try {
            return Files.readString(LIMITS);
        } catch (IOException e) {
            return "";
        }
    }

    static Finding openFiles(String limits) {
        String check = "open files";
        Optional<Long> soft = soft(limits, "Max open files");
        if (soft.isEmpty()) {
            return Finding.info(check, "not known here", "this system has no " + LIMITS);
        }
        return soft.get() >= FEWEST_FILES
                ? Finding.ok(check, "up to " + words(soft.get()))
                : Finding.warn(
                        check,
                        "up to " + soft.get(),
                        "every client and every worker is a connection, which is an open file",
                        "ulimit -n " + FEWEST_FILES
                                + ", LimitNOFILE= of the unit, or --ulimit nofile= of the container");
    }

    static Finding lockedMemory(String limits) {
        String check = "locked memory";
        Optional<Long> soft = soft(limits, "Max locked memory");
        String why = "transfers of KV by RDMA, and buffers pinned for a GPU, lock memory; nothing else does";
        if (soft.isEmpty()) {
            return Finding.info(check, "not known here", "this system has no " + LIMITS);
        }
        return soft.get() >= LEAST_LOCKED
                ? Finding.ok(check, words(soft.get()))
                : new Finding(
                        check,
                        Finding.Status.INFO,
                        "up to " + (soft.get() >> 10) + " KiB",
                        why,
                        "for those: ulimit -l unlimited, LimitMEMLOCK=infinity, or --ulimit memlock=-1");
    }

    static Finding sharedMemory(Path folder) {
        String check = folder.toString();
        try {
            long total = Files.getFileStore(folder).getTotalSpace();
            String found = (total >> 20) + " MiB";
            return total >= SMALLEST_SHARED
                    ? Finding.ok(check, found)
                    : Finding.warn(
                            check,
                            found,
                            "the processes of an engine talk through it, and NCCL and LMCache keep buffers there",
                            "give the container --shm-size=8g or --ipc=host, or mount a larger tmpfs");
        } catch (IOException e) {
            return Finding.info(check, "not there", "only engines of several processes need it");
        }
    }

    private static String words(long limit) {
        return limit == Long.MAX_VALUE ? "unlimited" : String.valueOf(limit);
    }

    /** The limit that holds now, which the process may raise up to the hard one. */
    private static Optional<Long> soft(String limits, String name) {
        return limits.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split("\\s+", 2)[0])
                .map(word -> word.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(word))
                .findFirst();
    }
}
