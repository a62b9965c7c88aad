package io.jynamo.cli.doctor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program that is asked something, for a bounded time. What it writes goes into a file, so that neither a full
 * pipe nor a child that outlives it holds anybody up.
 */
final class Program {
    /** Of its output, the end. */
    private static final int MOST_OUTPUT = 64 << 10;

    private static final int SIGNALS = 128;

    private Program() {}

    /** What became of it. */
    sealed interface Outcome {
        /** It ended; the output is what it wrote last on both streams. */
        record Ended(int exitCode, String output) implements Outcome {
            String lastLine() {
                return output.lines()
                        .filter(line -> !line.isBlank())
                        .reduce((before, last) -> last)
                        .map(String::strip)
                        .orElse("no output");
            }

            String inWords() {
                String code = exitCode > SIGNALS
                        ? "was killed by signal " + (exitCode - SIGNALS)
                        : "ended with exit code " + exitCode;
                return code + ": " + lastLine();
            }
        }

        /** It was killed at its limit. */
        record TooSlow(Duration limit) implements Outcome {}

        /** There is no such program, or it cannot be run. */
        record NotStarted(String why) implements Outcome {}
    }

    /** Whatever is left of it after the limit is killed, children included. */
    static Outcome run(List<String> command, Duration limit) {
        try {
            Path folder = Files.createTempDirectory("jynamo-doctor");
            Path output = folder.resolve("output");
            try {
                return run(new ProcessBuilder(command).directory(folder.toFile()), output, limit);
            } finally {
                Files.deleteIfExists(output);
                remove(folder);
            }
        } catch (IOException e) {
            return new Outcome.NotStarted(String.valueOf(e.getMessage()));
        }
    }

    private static Outcome run(ProcessBuilder builder, Path output, Duration limit) throws IOException {
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            process.getOutputStream().close();
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
                    ? new Outcome.Ended(process.exitValue(), end(output))
                    : new Outcome.TooSlow(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.NotStarted("interrupted while asking");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String end(Path file) throws IOException {
        try (var reading = new RandomAccessFile(file.toFile(), "r")) {
            int size = (int) Math.min(reading.length(), MOST_OUTPUT);
            byte[] bytes = new byte[size];
            reading.seek(reading.length() - size);
            reading.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** What the program may have left there is the system's to clear away. */
    private static void remove(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException left) {
            folder.toFile().deleteOnExit();
        }
    }
}
