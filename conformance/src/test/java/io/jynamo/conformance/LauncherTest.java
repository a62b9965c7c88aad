package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script on a copy of the built command, with things missing or broken around it. */
class LauncherTest {
    private static final Path BUILT = Path.of(System.getProperty("jynamo.root"), "cli/target/app");

    private static final Path UNSHARE = Path.of("/usr/bin/unshare");

    @TempDir
    Path folder;

    private Path root;
    private Path app;

    @BeforeEach
    void copy_the_built_command() throws IOException {
        assertThat(Command.jynamo("--version").exitCode()).isZero(); // builds it, if nobody did
        root = Files.createDirectory(folder.resolve("a checkout"));
        app = root.resolve("cli/target/app");
        Files.createDirectories(app);
        Files.createDirectory(app.resolve("lib"));
        try (Stream<Path> jars = Files.list(BUILT.resolve("lib"))) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, app.resolve("lib").resolve(jar.getFileName()));
            }
        }
        Files.copy(BUILT.resolve("jdk"), app.resolve("jdk"));
        Files.copy(Command.jynamo(), root.resolve("jynamo"));
        Path pom = Files.writeString(root.resolve("pom.xml"), "<project/>");
        Files.setLastModifiedTime(pom, FileTime.from(Instant.EPOCH));
        Files.createFile(app.resolve("stamp"));
    }

    @Test
    void without_its_cache_it_starts_all_the_same() {
        assertThat(run(Map.of()).out()).startsWith("jynamo ");
    }

    @Test
    void a_broken_cache_is_passed_over_in_silence() throws IOException {
        Files.write(app.resolve("jynamo.aot"), new byte[10_000]);

        var run = run(Map.of());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("jynamo ").hasLineCount(1);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void without_maven_it_says_how_to_get_it() throws IOException {
        Files.setLastModifiedTime(
                root.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));

        var run = run(Map.of("PATH", toolsWithoutMaven().toString()));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("needs Maven", "maven");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void a_failed_build_shows_why_and_leaves_no_lock() throws IOException {
        Files.setLastModifiedTime(
                root.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
        Path tools = toolsWithoutMaven();
        Path maven = Files.writeString(
                tools.resolve("mvn"), "#!/bin/sh\necho '[ERROR] Failed to compile: a semicolon is missing'\nexit 1\n");
        assertThat(maven.toFile().setExecutable(true)).isTrue();

        var run = run(Map.of("PATH", tools.toString()));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("a semicolon is missing", "the build failed", "build.log");
        assertThat(root.resolve("target/launcher/lock")).doesNotExist();
    }

    /** The disk is a file system mounted for this process alone, which ends with it. */
    @Test
    void a_disk_too_full_for_the_cache_is_named_and_it_starts() throws IOException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                Files.isExecutable(UNSHARE)
                        && onDisk("1m", disk, "true", Map.of()).exitCode() == 0,
                "not run: no small file system can be mounted here (unshare --mount)");
        Path tools = toolsWithoutMaven();
        // Leaves what Maven leaves.
        Path maven = Files.writeString(
                tools.resolve("mvn"),
                "#!/bin/sh\nmkdir -p cli/target/lib && cp '" + app.resolve("lib") + "'/*.jar cli/target/lib/ && mv"
                        + " cli/target/lib/jynamo-cli-*.jar cli/target/\n");
        assertThat(maven.toFile().setExecutable(true)).isTrue();
        String script = "cp '" + root.resolve("jynamo") + "' '" + root.resolve("pom.xml") + "' . && ./jynamo --version"
                + " && echo again && ./jynamo --version && ls cli/target/app";

        // Room for the jars as built and as kept, and not for a cache beside them.
        var run = onDisk(2 * jars() + (8 << 20) + "", disk, script, Map.of("PATH", tools.toString()));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("(?s)^jynamo .*again\njynamo .*").doesNotContain("jynamo.aot");
        assertThat(run.err().lines().filter(line -> line.contains("no start-up cache")))
                .singleElement()
                .asString()
                .containsPattern("its disk has \\d+ MB left");
    }

    private long jars() throws IOException {
        try (Stream<Path> inside = Files.list(app.resolve("lib"))) {
            return inside.mapToLong(jar -> jar.toFile().length()).sum();
        }
    }

    private static Command onDisk(String size, Path disk, String script, Map<String, String> environment) {
        String mounted = "PATH=/usr/bin:/bin:/usr/sbin:/sbin mount -t tmpfs -o size=" + size + " tmpfs '" + disk
                + "' && cd '" + disk + "' && " + script;
        return Command.run(
                List.of(UNSHARE.toString(), "--map-root-user", "--mount", "/bin/sh", "-c", mounted), environment);
    }

    @Test
    void jvm_flags_can_be_added() {
        var run = run(Map.of("JYNAMO_JAVA_OPTS", "-Xmx64m -XX:+PrintCommandLineFlags"));

        assertThat(run.out() + run.err()).contains("-XX:MaxHeapSize=67108864", "jynamo ");
    }

    @Test
    void check_counts_what_passed_and_fails_for_what_did_not() throws IOException {
        Path tools = toolsWithoutMaven();
        Path maven = tools.resolve("mvn");
        Path jynamo = root.resolve("jynamo");

        fakeMaven(maven, "tests='5' errors='0' skipped='1' failures='0'", 0);
        var good = Command.run(List.of(jynamo.toString(), "check"), Map.of("PATH", tools.toString()));
        assertThat(good.exitCode()).as(good.err()).isZero();
        assertThat(good.out()).contains("1 not run", "not run: no model here").endsWith("4 passed, 0 failed\n");

        fakeMaven(maven, "tests='5' errors='1' skipped='0' failures='1'", 0);
        var bad = Command.run(List.of(jynamo.toString(), "check"), Map.of("PATH", tools.toString()));
        assertThat(bad.exitCode()).isEqualTo(1);
        assertThat(bad.out()).endsWith("3 passed, 2 failed\n");

        fakeMaven(maven, "tests='5' errors='0' skipped='0' failures='0'", 1);
        var broken = Command.run(List.of(jynamo.toString(), "check"), Map.of("PATH", tools.toString()));
        assertThat(broken.exitCode()).isEqualTo(1);
        assertThat(broken.out()).endsWith("5 passed, 1 failed\n");
    }

    /** A Maven that leaves one report and ends as told. */
    private void fakeMaven(Path maven, String counts, int exitCode) throws IOException {
        Path reports = Files.createDirectories(root.resolve("router/target/surefire-reports"));
        String report = "<testsuite name=\"T\" time=\"1\" " + counts.replace('\'', '"') + ">\n"
                + "  <skipped message=\"Assumption failed: not run: no model here\" type=\"x\"/>\n</testsuite>\n";
        Path content = folder.resolve("report.xml");
        Files.writeString(content, report);
        Files.writeString(
                maven,
                "#!/bin/sh\nsleep 1\ncat '" + content + "' > '" + reports.resolve("TEST-T.xml") + "'\nexit " + exitCode
                        + "\n");
        assertThat(maven.toFile().setExecutable(true)).isTrue();
    }

    private Command run(Map<String, String> environment) {
        return Command.run(List.of(root.resolve("jynamo").toString(), "--version"), environment);
    }

    /** A folder with every tool on the way but Maven. */
    private Path toolsWithoutMaven() throws IOException {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        for (String name : List.of(
                "bash",
                "find",
                "head",
                "uname",
                "mkdir",
                "rm",
                "cat",
                "tee",
                "grep",
                "sort",
                "readlink",
                "ls",
                "cp",
                "mv",
                "touch",
                "df",
                "sleep",
                "sed",
                "awk")) {
            try (Stream<Path> places =
                    Stream.of("/bin", "/usr/bin", "/usr/local/bin").map(Path::of)) {
                Path tool = places.map(place -> place.resolve(name))
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no " + name));
                Path script = Files.writeString(tools.resolve(name), "#!/bin/sh\nexec " + tool + " \"$@\"\n");
                assertThat(script.toFile().setExecutable(true)).isTrue();
            }
        }
        return tools;
    }
}
