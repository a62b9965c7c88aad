package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which rooms' long suites continuous integration runs, by {@code .ci/long} in a small checkout. */
class LongSuitesTest {
    private static final Path ROOT = Path.of(System.getProperty("jynamo.root"));

    @TempDir
    Path checkout;

    /** Three rooms, one above the other; the lowest has no long suite. */
    @BeforeEach
    void build_three_rooms() throws IOException {
        write("pom.xml", "<project/>");
        room("lowest", "", "class LowestTest {}");
        room("middle", "lowest", "@Tag(\"long\") class MiddleTest {}");
        room("top", "middle", "@Tag(\"long\") class TopTest {}");
        Files.createDirectories(checkout.resolve(".ci"));
        Files.copy(ROOT.resolve(".ci/long"), checkout.resolve(".ci/long"));
    }

    @Test
    void without_a_record_all_are_due() throws IOException {
        assertThat(due()).containsExactly("middle", "top");
        write(".ci/long-passed", "middle\ntop 0000\n\0\n");
        assertThat(due()).containsExactly("middle", "top");
    }

    @Test
    void what_passed_is_due_again_when_its_code_changed() throws IOException {
        record("middle", "top");
        assertThat(due()).isEmpty();
        write("middle/src/test/java/MiddleTest.java", "@Tag(\"long\") class MiddleTest { int more; }");
        assertThat(due()).containsExactly("middle");
        record("middle");
        assertThat(due()).isEmpty();
        write("top/src/main/java/Top.java", "class Renamed {}");
        assertThat(due()).containsExactly("top");
    }

    @Test
    void what_the_rooms_below_are_made_of_counts() throws IOException {
        record("middle", "top");
        write("lowest/README.md", "words");
        write("lowest/src/test/java/LowestTest.java", "class LowestTest { int more; }");
        assertThat(due()).isEmpty();
        write("lowest/src/main/java/Another.java", "class Another {}");
        assertThat(due()).containsExactly("middle", "top");
    }

    @Test
    void a_room_with_tests_left_out_is_not_recorded() throws IOException {
        write("top/target/surefire-reports/TEST-T.xml", "<testsuite><skipped message=\"not run\"/></testsuite>");
        var run = run("record", "top");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("top/target/surefire-reports/TEST-T.xml", "not recorded");
        assertThat(due()).contains("top");
    }

    @Test
    void every_room_with_long_suites_can_run_them_alone() throws IOException {
        var rooms = Command.run(List.of("bash", ROOT.resolve(".ci/long").toString(), "rooms"), Map.of());
        assertThat(rooms.exitCode()).as(rooms.err()).isZero();
        assertThat(rooms.out().lines()).contains("engine", "router", "text");
        for (String room : rooms.out().lines().toList()) {
            assertThat(ROOT.resolve(room).resolve("pom.xml"))
                    .content()
                    .contains("<activation><property><name>long." + room + "</name></property></activation>");
        }
    }

    private void room(String name, String below, String test) throws IOException {
        String artifact = "<artifactId>jynamo-%s</artifactId>\n";
        write(
                name + "/pom.xml",
                "<project>" + artifact.formatted(name) + (below.isEmpty() ? "" : artifact.formatted(below)));
        String type = Character.toUpperCase(name.charAt(0)) + name.substring(1);
        write(name + "/src/main/java/" + type + ".java", "class " + type + " {}");
        write(name + "/src/test/java/" + type + "Test.java", test);
    }

    private void write(String file, String text) throws IOException {
        Path path = checkout.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private List<String> due() {
        var run = run();
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out().lines().toList();
    }

    private void record(String... rooms) {
        List<String> arguments = new java.util.ArrayList<>(List.of("record"));
        arguments.addAll(List.of(rooms));
        var run = run(arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private Command run(String... arguments) {
        List<String> line = new java.util.ArrayList<>(
                List.of("bash", checkout.resolve(".ci/long").toString()));
        line.addAll(List.of(arguments));
        return Command.run(line, Map.of());
    }
}
