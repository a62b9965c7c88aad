package io.jynamo.bench.router;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dynamo's index over the same corpus: the programs of the shared index bench, which drive the crate
 * {@code dynamo-kv-router}, with the C library's allocator or another.
 *
 * @param programs folder of {@code dynamo-index} and {@code dynamo-index-mem}
 * @param allocator a library to load in front of the C library's, or empty
 */
record IndexPeer(Path programs, String allocator) {
    private static final long LIMIT_SECONDS = 120;
    private static final Pattern FIGURE = Pattern.compile("\"([a-z0-9_]+)\":([0-9.]+)");

    /** Where the shared scripts put what they build. */
    static Path home() {
        return Path.of(
                System.getenv().getOrDefault("JYNAMO_PEERS", System.getProperty("user.home") + "/.cache/jynamo-peers"),
                "index-bench");
    }

    boolean isThere() {
        return Files.isExecutable(programs.resolve("dynamo-index"));
    }

    String name() {
        return allocator.isEmpty() ? "dynamo, glibc" : "dynamo, jemalloc";
    }

    /** All updates; one lane has one CPU, as the shared scripts give it. */
    Map<String, String> update(Path corpus, int lanes) {
        return run(lanes, "dynamo-index", corpus, "--phases", "update", "--lanes", Integer.toString(lanes));
    }

    Map<String, String> lookup(Path corpus) {
        return run(1, "dynamo-index", corpus, "--phases", "lookup", "--threads", "1");
    }

    Map<String, String> mixed(Path corpus) {
        return run(1, "dynamo-index", corpus, "--phases", "mixed", "--sync", "each");
    }

    Map<String, String> memory(Path corpus) {
        return run(2, "dynamo-index-mem", corpus);
    }

    private Map<String, String> run(int cpus, String program, Path corpus, String... arguments) {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", cpus == 1 ? "0" : "0,1"));
        command.add(programs.resolve(program).toString());
        command.addAll(List.of("--corpus", corpus.toString(), "--structure", "crtc"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        if (!allocator.isEmpty()) {
            builder.environment().put("LD_PRELOAD", allocator);
        }
        try {
            Process process = builder.start();
            try {
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    throw failed(command, "did not end in " + LIMIT_SECONDS + " s");
                }
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (process.exitValue() != 0) {
                    throw failed(command, "ended with " + process.exitValue());
                }
                return figures(said);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw failed(command, "could not be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(command, "was interrupted");
        }
    }

    /** The numbers of one line of JSON; of a name that comes twice the first. */
    static Map<String, String> figures(String line) {
        Map<String, String> figures = new LinkedHashMap<>();
        Matcher matcher = FIGURE.matcher(line);
        while (matcher.find()) {
            figures.putIfAbsent(matcher.group(1), matcher.group(2));
        }
        return figures;
    }

    private static JynamoException failed(List<String> command, String how) {
        return new JynamoException(ErrorCode.INVALID_CONFIGURATION, String.join(" ", command) + " " + how);
    }
}
