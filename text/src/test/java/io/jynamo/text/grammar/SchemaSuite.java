package io.jynamo.text.grammar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * JSON-Schema-Test-Suite (MIT) as the source archive of Python's jsonschema carries it. Kept under {@code json-schema-suite} of $JYNAMO_PEERS or
 * ~/.cache/jynamo-peers; fetched there with pip where a registry can be reached.
 */
final class SchemaSuite {
    private static final String VERSION = "4.26.0";

    private SchemaSuite() {}

    private static Path folder() {
        String set = System.getenv("JYNAMO_PEERS");
        Path peers = set != null ? Path.of(set) : Path.of(System.getProperty("user.home"), ".cache", "jynamo-peers");
        return peers.resolve("json-schema-suite");
    }

    /** The required tests of a draft, a file each; none where the suite can not be had. */
    static List<Path> files(String draft) throws IOException, InterruptedException {
        Path tests = folder().resolve("jsonschema-" + VERSION + "/json/tests").resolve(draft);
        if (!Files.isDirectory(tests) && !fetch()) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(tests)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static boolean fetch() throws IOException, InterruptedException {
        Files.createDirectories(folder());
        Path work = Files.createTempDirectory(folder(), "fetch");
        try {
            boolean fetched = ran(
                    work,
                    "pip",
                    "download",
                    "-q",
                    "--no-deps",
                    "--no-binary",
                    ":all:",
                    "--timeout",
                    "10",
                    "--retries",
                    "0",
                    "jsonschema==" + VERSION);
            return fetched
                    && ran(
                            folder(),
                            "tar",
                            "xzf",
                            work.resolve("jsonschema-" + VERSION + ".tar.gz").toString());
        } finally {
            try (Stream<Path> files = Files.walk(work)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static boolean ran(Path folder, String... command) throws InterruptedException {
        try {
            var process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
