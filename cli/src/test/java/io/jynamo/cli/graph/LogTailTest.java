package io.jynamo.cli.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.process.RotatingLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {
    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();

    @Test
    void the_last_lines_are_told_and_then_what_is_added() throws Exception {
        Path file = Files.writeString(folder.resolve("a.log"), "one\ntwo\nthree\nfo");
        try (var tail = new LogTail(file, told::add)) {
            tail.last(2);
            assertThat(told).containsExactly("two", "three");
            tail.more();
            assertThat(told).hasSize(2);
            Files.writeString(file, "ür\nfive\n", StandardOpenOption.APPEND);
            tail.more();
            assertThat(told).containsExactly("two", "three", "foür", "five");
        }
    }

    @Test
    void a_file_that_is_put_aside_is_read_out_and_the_new_one_gone_on_with() throws Exception {
        Path file = folder.resolve("a.log");
        try (var log = new RotatingLog(file, 40, 1);
                var tail = new LogTail(file, told::add)) {
            tail.last(10); // there is none yet
            log.line("first line of the old");
            tail.more();
            log.line("second of old");
            log.line("and this is in the new file");
            tail.more();
            log.line("more");
            tail.more();
        }
        assertThat(folder.resolve("a.log.1")).exists();
        assertThat(told)
                .containsExactly("first line of the old", "second of old", "and this is in the new file", "more");
    }

    @Test
    void none_asked_for_is_none_told() throws Exception {
        Path file = Files.writeString(folder.resolve("a.log"), "one\n");
        try (var tail = new LogTail(file, told::add)) {
            tail.last(0);
        }
        assertThat(told).isEmpty();
    }
}
