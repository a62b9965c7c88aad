package io.jynamo.runtime.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a folder that is as Linux's /proc. */
class ProcessTableTest {
    @TempDir
    Path proc;

    private void file(String name, String text) throws IOException {
        Path file = proc.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void process(String pid, String name, char state, long start) throws IOException {
        String zeros = String.join(" ", Collections.nCopies(18, "0"));
        file(pid + "/stat", "7 (" + name + ") " + state + " " + zeros + " " + start + " 0 0\n");
    }

    private ProcessTable linux() throws IOException {
        file("sys/kernel/hostname", "box\n");
        file("sys/kernel/random/boot_id", "b-1\n");
        process("self", "java", 'R', 5);
        process("1", "init", 'S', 1);
        Files.createDirectories(proc.resolve("self/ns"));
        Files.createSymbolicLink(proc.resolve("self/ns/pid"), Path.of("pid:[4026]"));
        Files.createSymbolicLink(proc.resolve("self/ns/time"), Path.of("time:[99]"));
        return ProcessTable.of(proc);
    }

    private static LeaseOwner owner(ProcessTable table, long pid, long start) {
        return new LeaseOwner(table.self().host(), pid, start, "0");
    }

    @Test
    void a_host_is_its_name_its_boot_and_what_ids_and_ticks_are_counted_in() throws IOException {
        LeaseOwner self = linux().self();
        assertThat(self.host()).isEqualTo("box:b-1:4026:99");
        assertThat(self.start()).isEqualTo(5);
        assertThat(self.pid()).isEqualTo(ProcessHandle.current().pid());
    }

    @Test
    void a_process_lives_while_it_has_its_id_and_its_start() throws IOException {
        ProcessTable table = linux();
        process("7", "a (strange) name", 'S', 400);
        assertThat(table.isDead(owner(table, 7, 400))).isFalse();
        assertThat(table.isDead(owner(table, 7, 399))).isTrue();
        assertThat(table.isDead(owner(table, 8, 400))).isTrue();
        process("7", "killed", 'Z', 400);
        assertThat(table.isDead(owner(table, 7, 400))).isTrue();
    }

    @Test
    void nobody_is_dead_of_whom_this_host_cannot_know() throws IOException {
        ProcessTable table = linux();
        assertThat(table.isDead(new LeaseOwner("box:b-1:4027:99", 8, 1, "0"))).isFalse();
        file("7/stat", "nonsense");
        assertThat(table.isDead(owner(table, 7, 1))).isFalse();
        Files.delete(proc.resolve("1/stat")); // other users' processes are hidden
        assertThat(table.isDead(owner(table, 8, 1))).isFalse();
    }

    @Test
    void a_system_without_such_a_folder_calls_nobody_dead() {
        ProcessTable table = ProcessTable.of(proc.resolve("none"));
        assertThat(table.isHere(table.self())).isFalse();
        assertThat(table.isDead(owner(table, 8, 1))).isFalse();
    }
}
