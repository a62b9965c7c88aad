package io.jynamo.frontend.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.frontend.keys.Owner;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are there again after a crash, within their limits, for one process. */
class FileStoreTest {
    private static final Owner OWNER = new Owner("key", "");
    private static final FileLimits LIMITS = new FileLimits(null, 100, 30, 50, 3, 2, Duration.ofHours(1));

    @TempDir
    Path folder;

    private Instant now = Instant.ofEpochSecond(1_800_000_000);

    private FileStore open() {
        return FileStore.open(folder, LIMITS, () -> now);
    }

    private static StoredFile add(FileStore store, Owner owner, String text) {
        FileDraft draft = store.begin(owner);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        draft.write(bytes, 0, bytes.length);
        draft.finish();
        StoredFile file = new StoredFile(
                draft.id(), owner, "batch", "n \"1\"", bytes.length, store.nowSeconds(), store.nowSeconds() + 3_600);
        store.adopt(draft.path(), file);
        return file;
    }

    @Test
    void a_file_is_there_after_a_restart() throws IOException {
        StoredFile file;
        try (FileStore store = open()) {
            file = add(store, OWNER, "hello");
            assertThat(store.find(new Owner("other", ""), file.id())).isNull();
        }
        try (FileStore store = open()) {
            assertThat(store.find(OWNER, file.id())).isEqualTo(file);
            assertThat(Files.readString(store.data(file.id()))).isEqualTo("hello");
            assertThat(store.size()).isEqualTo(5);
        }
    }

    @Test
    void halves_that_a_crash_left_are_removed() throws IOException {
        StoredFile whole;
        try (FileStore store = open()) {
            whole = add(store, OWNER, "a");
            StoredFile headless = add(store, OWNER, "b");
            StoredFile empty = add(store, OWNER, "c");
            Files.delete(folder.resolve("files").resolve(headless.id() + ".json"));
            Files.delete(store.data(empty.id()));
            Files.writeString(folder.resolve("files").resolve("file-9.json.new"), "{");
            Files.writeString(folder.resolve("uploads").resolve("file-8"), "half");
        }
        try (FileStore again = open()) {
            assertThat(again.list(OWNER)).containsExactly(whole);
            assertThat(again.size()).isEqualTo(1);
        }
        try (Stream<Path> left = Files.list(folder.resolve("files"))) {
            assertThat(left).hasSize(2);
        }
        assertThat(folder.resolve("uploads")).isEmptyDirectory();
    }

    @Test
    void two_at_one_time_are_one_too_many() throws IOException {
        FileStore first = open();
        assertThatThrownBy(this::open)
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("another process")
                .hasMessageContaining("--files-dir " + folder);
        first.close();
        open().close();
    }

    @Test
    void bytes_are_bounded_by_owner_and_in_all() throws IOException {
        try (FileStore store = open()) {
            StoredFile file = add(store, OWNER, "x".repeat(25));
            assertThatThrownBy(() -> add(store, OWNER, "x".repeat(6))).hasMessageContaining("25 of the 30");
            add(store, new Owner("b", ""), "x".repeat(20));
            assertThatThrownBy(() -> add(store, new Owner("c", ""), "x".repeat(6)))
                    .isInstanceOfSatisfying(
                            JynamoException.class,
                            full -> assertThat(full.code()).isEqualTo(ErrorCode.DISK_FULL));
            store.delete(OWNER, file.id());
            add(store, new Owner("c", ""), "x".repeat(6));
            assertThat(store.size()).isEqualTo(26);
        }
    }

    @Test
    void what_expired_is_deleted_unless_a_batch_reads_it() throws IOException {
        try (FileStore store = open()) {
            StoredFile plain = add(store, OWNER, "a");
            StoredFile read = add(store, OWNER, "b");
            store.pin(OWNER, read.id());
            assertThatThrownBy(() -> store.delete(OWNER, read.id())).hasMessageContaining("under way");
            now = now.plusSeconds(3_600);
            assertThat(store.find(OWNER, plain.id())).isNull();
            store.sweep();
            assertThat(store.data(plain.id())).doesNotExist();
            assertThat(store.data(read.id())).exists();
            store.unpin(read.id());
            store.sweep();
            assertThat(store.data(read.id())).doesNotExist();
            assertThat(store.size()).isZero();
        }
    }
}
