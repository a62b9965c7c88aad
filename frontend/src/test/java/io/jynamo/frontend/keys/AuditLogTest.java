package io.jynamo.frontend.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AuditLogTest {
    @TempDir
    Path folder;

    private static AuditRow row(String id) {
        return new AuditRow(
                0, id, null, "k", "k", "m", "POST", "/v1/x", 200, null, RunFacts.NOTHING, 5, "::1", null, null, 0);
    }

    /** A disk that a test fills, empties and holds up. */
    private static final class TestDisk implements AuditWriter {
        private final StringBuilder text = new StringBuilder();
        private final Semaphore ready = new Semaphore(Integer.MAX_VALUE / 2);
        private volatile boolean full;

        @Override
        public void append(byte[] rows) throws IOException {
            ready.acquireUninterruptibly();
            if (full) {
                throw new IOException("No space left on device");
            }
            synchronized (text) {
                text.append(new String(rows, StandardCharsets.UTF_8));
            }
        }

        String text() {
            synchronized (text) {
                return text.toString();
            }
        }

        @Override
        public void close() {}
    }

    @Test
    void a_disk_that_was_full_is_written_to_again() {
        var disk = new TestDisk();
        try (AuditLog log = new AuditLog("test", disk, false).start()) {
            log.offer(row("one"));
            await(() -> log.written() == 1);
            disk.full = true;
            log.offer(row("two"));
            await(() -> log.dropped() == 1);
            disk.full = false;
            log.offer(row("three"));
            await(() -> log.written() == 2);
        }
        assertThat(disk.text()).contains("one", "three").doesNotContain("two");
    }

    @Test
    void a_disk_that_does_not_answer_costs_rows_beyond_the_bound() {
        var disk = new TestDisk();
        disk.ready.drainPermits();
        try (AuditLog log = new AuditLog("test", disk, false).start()) {
            for (int i = 0; i < 3 * AuditLog.MOST_ROWS; i++) {
                log.offer(row("r" + i));
            }
            assertThat(log.dropped()).isBetween(AuditLog.MOST_ROWS + 1L, 2L * AuditLog.MOST_ROWS);
            disk.ready.release(100_000);
            await(() -> log.written() + log.dropped() == 3L * AuditLog.MOST_ROWS);
        }
    }

    @Test
    void large_rows_are_bounded_by_their_bytes() {
        var disk = new TestDisk();
        disk.ready.drainPermits();
        byte[] payload = new byte[1 << 20];
        try (AuditLog log = new AuditLog("test", disk, true).start()) {
            for (int i = 0; i < 200; i++) {
                log.offer(new AuditRow(
                        0,
                        "x",
                        null,
                        "k",
                        "k",
                        "m",
                        "POST",
                        "/",
                        200,
                        null,
                        RunFacts.NOTHING,
                        5,
                        "",
                        payload,
                        null,
                        0));
            }
            assertThat(log.dropped()).isGreaterThan(200 - 2 * (AuditLog.MOST_BYTES >> 20));
            disk.ready.release(100_000);
            await(() -> log.written() + log.dropped() == 200);
            log.offer(row("later"));
            await(() -> disk.text().contains("later")); // what was written is no longer held
        }
    }

    @Test
    void full_files_are_put_aside_and_the_oldest_go() throws IOException {
        Path file = folder.resolve("audit.log");
        var out = new AuditFile(new AuditOptions(file, false, 10, 2));
        for (String text : new String[] {"aaaaaa\n", "bbbbbb\n", "cccccc\n", "dddddd\n", "longer than all\n", "e\n"}) {
            out.append(text.getBytes(StandardCharsets.UTF_8));
        }
        out.close();
        assertThat(file).hasContent("e\n");
        assertThat(folder.resolve("audit.log.1")).hasContent("longer than all\n");
        assertThat(folder.resolve("audit.log.2")).hasContent("dddddd\n");
        assertThat(folder).isDirectoryNotContaining("glob:**.3");
    }

    @Test
    void keeping_none_begins_anew() throws IOException {
        Path file = folder.resolve("audit.log");
        var out = new AuditFile(new AuditOptions(file, false, 10, 0));
        out.append("aaaaaa\n".getBytes(StandardCharsets.UTF_8));
        out.append("bbbbbb\n".getBytes(StandardCharsets.UTF_8));
        out.close();
        assertThat(file).hasContent("bbbbbb\n");
        assertThat(folder).isDirectoryNotContaining("glob:**.1");
    }

    @Test
    void a_file_that_somebody_moved_or_deleted_is_begun_anew() throws IOException {
        Path file = folder.resolve("audit.log");
        var out = new AuditFile(new AuditOptions(file, false, 1_000, 2));
        out.append("a\n".getBytes(StandardCharsets.UTF_8));
        Files.move(file, folder.resolve("moved"));
        out.append("b\n".getBytes(StandardCharsets.UTF_8));
        assertThat(file).hasContent("b\n");
        Files.delete(file);
        out.append("c\n".getBytes(StandardCharsets.UTF_8));
        assertThat(file).hasContent("c\n");
        assertThat(folder.resolve("moved")).hasContent("a\n");
        out.close();
    }

    @Test
    void one_writer_has_a_file_and_it_is_its_owners_alone() throws IOException {
        var options = new AuditOptions(folder.resolve("audit.log"), false, 1_000, 1);
        try (AuditLog first = AuditLog.start(options)) {
            assertThatExceptionOfType(JynamoException.class)
                    .isThrownBy(() -> AuditLog.start(options))
                    .withMessageContaining("writes to it already");
            assertThat(first.written()).isZero();
            assertThat(Files.getPosixFilePermissions(options.file())).hasSize(2);
        }
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> AuditLog.start(new AuditOptions(folder.resolve("no/such"), false, 1_000, 1)))
                .withMessageContaining("cannot be opened");
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(200_000);
        }
    }
}
