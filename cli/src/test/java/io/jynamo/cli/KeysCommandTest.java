package io.jynamo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.keys.KeyEntry;
import io.jynamo.frontend.keys.KeyFile;
import io.jynamo.frontend.keys.KeyHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysCommandTest {
    @TempDir
    Path folder;

    private static List<KeyEntry> parse(String text) {
        return KeyFile.parse("it", text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_new_key_is_printed_once_with_its_entry() {
        var run = CommandRun.of(
                "keys",
                "new",
                "--name",
                "a",
                "--rate",
                "60",
                "--burst",
                "5",
                "--model",
                "org/*",
                "--model",
                "own",
                "--isolation",
                "tenant acme",
                "--expires",
                "2027-01-31T00:00:00Z",
                "--priority",
                "2",
                "--admin");

        assertThat(run.exitCode()).as(run.err()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).matches("jyn-[A-Za-z0-9_-]{43}");
        KeyEntry entry = parse("{\"keys\": [" + lines.getLast() + "]}").getFirst();
        assertThat(entry.hash()).isEqualTo(KeyHash.of(lines.getFirst()));
        assertThat(entry.limits().burst()).isEqualTo(5);
        assertThat(entry.terms().tenant(null)).isEqualTo("acme");
        assertThat(entry.terms().models().patterns()).containsExactly("org/*", "own");
        assertThat(entry.terms().admin()).isTrue();
        assertThat(CommandRun.of("keys", "new", "--name", "a").out()).isNotEqualTo(run.out());
    }

    @Test
    void a_file_is_made_and_added_to() throws IOException {
        Path file = folder.resolve("keys.json");
        String first = CommandRun.of("keys", "new", "--name", "a", "--file", file.toString())
                .out()
                .strip();
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        String second = CommandRun.of("keys", "new", "--name", "b", "--file", link.toString())
                .out()
                .strip();

        List<KeyEntry> keys = parse(Files.readString(file));
        assertThat(keys).extracting(KeyEntry::hash).containsExactly(KeyHash.of(first), KeyHash.of(second));
        assertThat(Files.readString(file)).doesNotContain(first, second);
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(CommandRun.of("keys", "check", file.toString()).out()).isEqualTo(file + ": 2 keys\n");
        try (var left = Files.list(folder)) {
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void what_is_wrong_changes_nothing() throws IOException {
        Path file = folder.resolve("keys.json");
        CommandRun.of("keys", "new", "--name", "a", "--file", file.toString());
        String before = Files.readString(file);

        var twice = CommandRun.of("keys", "new", "--name", "a", "--file", file.toString());
        assertThat(twice.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(twice.err()).contains("`keys[1].name` is that of the key in line");
        var zero = CommandRun.of("keys", "new", "--name", "b", "--rate", "0", "--file", file.toString());
        assertThat(zero.err()).contains("`keys[0].rate` must be a whole number from 1");
        assertThat(zero.out() + twice.out()).doesNotContain("jyn-");
        assertThat(Files.readString(file)).isEqualTo(before);

        Files.writeString(file, "{\n\"keys\": [7]}");
        var broken = CommandRun.of("keys", "new", "--name", "b", "--file", file.toString());
        assertThat(broken.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(broken.err()).contains("line 2: `keys[0]` must be an object");
        assertThat(CommandRun.of("keys", "check", file.toString()).exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(Files.readString(file)).isEqualTo("{\n\"keys\": [7]}");
    }
}
