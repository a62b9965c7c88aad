package io.jynamo.bench.frontend;

import io.jynamo.bench.load.ProcessUsage;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * CPU seconds of a JVM since its start, from Linux's /proc.
 *
 * @param all of its threads
 * @param compiler of those that compile
 */
record CompilerTime(double all, double compiler) {
    /** @throws JynamoException INVALID_CONFIGURATION when there is no such process or no /proc */
    static CompilerTime of(long pid) {
        double compiler = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks.toList()) {
                compiler += compiling(task);
            }
        } catch (IOException e) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "cannot measure process " + pid + ": " + e.getMessage(), e);
        }
        return new CompilerTime(ProcessUsage.of(pid).cpuSeconds(), compiler);
    }

    /** The compiler's part of the CPU used since {@code before}, 0 to 1. */
    double shareSince(CompilerTime before) {
        return (compiler - before.compiler) / Math.max(0.01, all - before.all);
    }

    private static double compiling(Path task) {
        String stat;
        try {
            stat = Files.readString(task.resolve("stat"));
        } catch (IOException gone) {
            return 0; // The thread has ended since it was listed.
        }
        int name = stat.indexOf('(') + 1;
        boolean compiles = stat.startsWith("C1 Compiler", name) || stat.startsWith("C2 Compiler", name);
        return compiles ? ProcessUsage.cpuSeconds(stat) : 0;
    }
}
