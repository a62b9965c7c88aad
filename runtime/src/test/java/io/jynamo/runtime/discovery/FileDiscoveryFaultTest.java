package io.jynamo.runtime.discovery;

import static io.jynamo.runtime.discovery.Told.entry;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of announcements when processes die, stop or lie, and when the folder itself is tampered with. */
class FileDiscoveryFaultTest {
    private static final Duration SHORT = Duration.ofSeconds(1);
    /** What ends in time to be waited for, and leaves an owner time for its heartbeat on a busy machine. */
    private static final Duration MIDDLE = Duration.ofSeconds(4);
    /** Longer than any test: what goes in this time does not go by its lease. */
    private static final Duration LONG = Duration.ofMinutes(9);

    @TempDir
    Path folder;

    private Path root = Path.of("");
    private final ArrayDeque<AutoCloseable> opened = new ArrayDeque<>();

    @BeforeEach
    void in_a_folder_that_is_not_there_yet() {
        root = folder.resolve("entries");
    }

    @AfterEach
    void close_what_was_opened() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private synchronized <T extends AutoCloseable> T closing(T it) {
        opened.push(it);
        return it;
    }

    private FileDiscovery open(Duration ttl) {
        return closing(new FileDiscovery(root, ttl));
    }

    private Told watch(Duration ttl) {
        Told told = new Told();
        open(ttl).watch("", told);
        return told;
    }

    private PublisherProcess publisher(Duration ttl, String key, String host) throws IOException {
        return closing(PublisherProcess.inFolder(root, ttl, key, host));
    }

    private Path file(String key) {
        return root.resolve(FileRecord.fileName(key));
    }

    @Test
    void a_folder_that_is_not_there_is_made_without_a_word() {
        List<Told> watchers = Stream.generate(Told::new).limit(8).toList();
        watchers.parallelStream().forEach(told -> open(LONG).watch("", told));
        open(LONG).publish(entry("a/one", "1"));
        for (Told told : watchers) {
            told.awaitPresent(Map.of("a/one", "1"));
            assertThat(told.states()).hasOnlyElementsOfType(StoreState.Reachable.class);
        }
    }

    private static void assumeProcessesAreToldOf() {
        ProcessTable here = ProcessTable.ofThisHost();
        assumeTrue(here.isHere(here.self()), "not run: this system does not tell of its boot and its processes");
    }

    @Test
    void a_killed_process_of_this_host_is_gone_before_its_lease_is() throws Exception {
        assumeProcessesAreToldOf();
        Told told = watch(LONG);
        PublisherProcess other = publisher(LONG, "a/b", "");
        told.awaitPresent(Map.of("a/b", String.valueOf(other.pid())));
        other.kill();
        told.awaitPresent(Map.of());
        assertThat(file("a/b")).doesNotExist();
    }

    @Test
    void a_killed_process_of_another_host_is_gone_after_its_lease() throws Exception {
        Told told = watch(SHORT);
        PublisherProcess other = publisher(SHORT, "a", "elsewhere");
        told.awaitPresent(Map.of("a", String.valueOf(other.pid())));
        other.kill();
        told.awaitPresent(Map.of());
        awaitMissing(file("a"));
    }

    @Test
    void a_process_that_ends_withdraws_its_entry() throws Exception {
        Told told = watch(LONG);
        PublisherProcess other = publisher(LONG, "a", "elsewhere");
        told.awaitPresent(Map.of("a", String.valueOf(other.pid())));
        other.end();
        told.awaitPresent(Map.of());
    }

    @Test
    void a_stopped_process_is_gone_after_its_lease_and_back_when_it_goes_on() throws Exception {
        Told told = watch(SHORT);
        PublisherProcess other = publisher(SHORT, "a", "");
        Map<String, String> there = Map.of("a", String.valueOf(other.pid()));
        told.awaitPresent(there);
        other.signal("STOP");
        told.awaitPresent(Map.of());
        awaitMissing(file("a"));
        other.signal("CONT");
        told.awaitPresent(there);
    }

    @Test
    void a_lease_that_is_kept_does_not_end() {
        Told told = watch(MIDDLE);
        open(MIDDLE).publish(entry("a", "kept"));
        Told other = watch(MIDDLE);
        // Another process's entry comes and goes by its lease twice; the kept one stays all the while.
        for (int i = 0; i < 2; i++) {
            String key = "b/" + i;
            write(new FileRecord(entry(key, "never kept"), new LeaseOwner("elsewhere", 1, 1, "0")));
            other.awaitLog("-" + key);
        }
        told.awaitPresent(Map.of("a", "kept"));
        assertThat(told.log()).doesNotContain("-a");
    }

    private void write(FileRecord record) {
        try {
            Path temporary = folder.resolve("record");
            Files.write(temporary, record.bytes());
            Files.move(temporary, file(record.entry().key()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_process_id_that_another_process_has_now_keeps_nobody_alive() {
        assumeProcessesAreToldOf();
        Told told = watch(LONG).await("up to date", Told::isReachable);
        LeaseOwner self = ProcessTable.ofThisHost().self();
        write(new FileRecord(entry("reused", ""), new LeaseOwner(self.host(), self.pid(), self.start() + 1, "0")));
        write(new FileRecord(entry("alive", ""), self));
        told.awaitPresent(Map.of("alive", ""));
        awaitMissing(file("reused"));
        assertThat(told.log()).doesNotContain("+reused=");
    }

    @Test
    void what_is_older_than_a_lease_is_not_told() throws IOException {
        Files.createDirectories(root);
        write(new FileRecord(entry("old", ""), new LeaseOwner("elsewhere", 1, 1, "0")));
        Files.setLastModifiedTime(file("old"), FileTime.from(Instant.now().minus(Duration.ofDays(3))));
        Told told = watch(SHORT);
        awaitMissing(file("old"));
        assertThat(told.log()).containsExactly("reachable");
    }

    @Test
    void a_host_whose_clock_is_behind_is_seen_with_its_next_heartbeat() throws IOException {
        Files.createDirectories(root);
        Instant behind = Instant.now().minus(Duration.ofHours(2));
        write(new FileRecord(entry("a", "behind"), new LeaseOwner("elsewhere", 1, 1, "0")));
        Files.setLastModifiedTime(file("a"), FileTime.from(behind));
        Told told = watch(LONG).await("up to date", Told::isReachable);
        assertThat(told.present()).isEmpty();
        Files.setLastModifiedTime(file("a"), FileTime.from(behind.plusSeconds(3)));
        told.awaitPresent(Map.of("a", "behind"));
    }

    @Test
    void a_file_that_somebody_deletes_is_put_back() throws IOException {
        Told told = watch(SHORT);
        open(SHORT).publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
        Files.delete(file("a"));
        told.awaitLog("-a").awaitPresent(Map.of("a", "1"));
    }

    @Test
    void a_file_that_somebody_overwrites_is_put_right() throws IOException {
        Told told = watch(MIDDLE);
        open(MIDDLE).publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
        Path garbage = Files.writeString(folder.resolve("garbage"), "garbage");
        Files.move(garbage, file("a"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Told late = watch(MIDDLE);
        late.awaitPresent(Map.of("a", "1"));
        assertThat(told.log()).doesNotContain("-a");
    }

    @Test
    void a_folder_that_is_taken_away_and_made_anew_costs_nobody_their_entry() throws IOException {
        Told told = watch(MIDDLE);
        open(MIDDLE).publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
        Files.move(root, folder.resolve("away"));
        told.await("unreachable", Told::isUnreachable);
        told.await("reachable", Told::isReachable); // its owner makes it anew with the next heartbeat
        watch(MIDDLE).awaitPresent(Map.of("a", "1"));
        assertThat(told.log()).doesNotContain("-a");
        assertThat(told.present()).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void what_does_not_come_back_with_the_folder_is_gone_a_lease_later() throws IOException {
        Told told = watch(SHORT).await("up to date", Told::isReachable);
        write(new FileRecord(entry("a", "1"), new LeaseOwner("elsewhere", 1, 1, "0")));
        told.awaitPresent(Map.of("a", "1"));
        Files.move(root, folder.resolve("away"));
        told.await("unreachable", Told::isUnreachable);
        Files.createDirectories(root);
        told.awaitLog("-a");
        assertThat(told.log()).endsWith("unreachable", "reachable", "-a");
    }

    @Test
    void a_folder_that_cannot_be_read_changes_nothing_and_says_so() throws IOException {
        FileDiscovery frontend = open(MIDDLE);
        Told told = new Told();
        frontend.watch("", told);
        told.await("up to date", Told::isReachable);
        FileDiscovery worker = open(MIDDLE);
        worker.publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));
        Files.move(root, folder.resolve("away"));
        Files.writeString(root, "a file where the folder was");
        told.await("unreachable", Told::isUnreachable);
        Told late = new Told();
        frontend.watch("", late);
        late.await("unreachable", Told::isUnreachable);
        assertThat(late.log()).containsExactly("+a=1", "unreachable");
        assertThat(told.states().getLast())
                .isInstanceOfSatisfying(
                        StoreState.Unreachable.class,
                        state -> assertThat(state.reason()).contains(root.toString()));
        assertThat(told.present()).isEqualTo(Map.of("a", "1"));
        assertThatThrownBy(() -> worker.publish(entry("b", "")))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISCOVERY_UNREACHABLE))
                .hasMessageContaining(root.toString());
        Files.delete(root);
        Files.move(folder.resolve("away"), root);
        told.await("reachable", Told::isReachable);
        worker.publish(entry("b", "2"));
        told.awaitPresent(Map.of("a", "1", "b", "2"));
        assertThat(told.log()).doesNotContain("-a");
    }

    @Test
    void foreign_and_broken_files_are_left_alone() throws IOException {
        Files.createDirectories(root.resolve("folder.entry"));
        Files.writeString(root.resolve("README"), "foreign");
        Files.writeString(root.resolve("broken.entry"), "not of ours");
        Files.write(root.resolve("large.entry"), new byte[FileRecord.MAX_BYTES + 1]);
        byte[] half = new FileRecord(entry("half", "value"), new LeaseOwner("elsewhere", 1, 1, "0")).bytes();
        Files.write(root.resolve("half.entry"), java.util.Arrays.copyOf(half, half.length - 1));
        write(new FileRecord(entry("other", ""), new LeaseOwner("elsewhere", 1, 1, "0")));
        Files.move(file("other"), file("misnamed"));
        Files.createSymbolicLink(root.resolve("link.entry"), root.resolve("README"));
        List<String> before = names();

        Told told = watch(LONG);
        open(LONG).publish(entry("a", "1"));
        told.awaitPresent(Map.of("a", "1"));

        assertThat(told.log()).containsExactly("reachable", "+a=1");
        assertThat(names()).containsAll(before);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void remains_of_a_crash_go_after_a_lease() throws IOException {
        Files.createDirectories(root);
        Files.createFile(file("empty"));
        Path temporary = Files.createFile(root.resolve("~0-1.tmp"));
        Files.setLastModifiedTime(temporary, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        watch(SHORT);
        awaitMissing(file("empty"));
        awaitMissing(temporary);
    }

    @Test
    void no_file_but_those_of_entries_is_left_behind() throws IOException {
        FileDiscovery discovery = new FileDiscovery(root, SHORT);
        Registration registration = discovery.publish(entry("a/b", "1"));
        registration.update("2".getBytes(UTF_8));
        assertThat(names()).containsExactly("a~b.entry");
        discovery.close();
        assertThat(names()).isEmpty();
    }

    @Test
    void ending_a_discovery_whose_folder_is_gone_is_quick_and_quiet() throws IOException {
        FileDiscovery discovery = new FileDiscovery(root, SHORT);
        discovery.publish(entry("a", "1"));
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
        discovery.close();
        assertThat(Files.exists(root, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    private static void awaitMissing(Path file) {
        long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            assertThat(System.nanoTime()).as("%s is there still", file).isLessThan(deadline);
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }
}
