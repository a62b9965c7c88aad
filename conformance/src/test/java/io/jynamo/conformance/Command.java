package io.jynamo.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One finished run of a command. */
record Command(int exitCode, String out, String err) {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** The repository's own command, as users call it. */
    static Path jynamo() {
        return Path.of(System.getProperty("jynamo.root"), "jynamo");
    }

    /** Runs {@code ./jynamo} to its end. */
    static Command jynamo(String... arguments) {
        List<String> line = new ArrayList<>(List.of(jynamo().toString()));
        line.addAll(List.of(arguments));
        return run(line, Map.of());
    }

    static Command run(List<String> line, Map<String, String> environment) {
        return run(line, environment, Path.of(""));
    }

    /** The same in a folder. */
    static Command run(List<String> line, Map<String, String> environment, Path folder) {
        try {
            Path out = Files.createTempFile("jynamo-out", ".txt");
            Path err = Files.createTempFile("jynamo-err", ".txt");
            try {
                var builder =
                        new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
                builder.directory(folder.toAbsolutePath().toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                process.getOutputStream().close();
                if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("did not end within " + LIMIT + ": " + line + "\n" + text(err));
                }
                return new Command(process.exitValue(), text(out), text(err));
            } finally {
                Files.deleteIfExists(out);
                Files.deleteIfExists(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + line, e);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
