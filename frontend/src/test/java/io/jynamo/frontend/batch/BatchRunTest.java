package io.jynamo.frontend.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.frontend.SmallDisk;
import io.jynamo.frontend.files.FileLimits;
import io.jynamo.frontend.files.FileStore;
import io.jynamo.frontend.keys.Owner;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchRunTest {
    private static final String ENDPOINT = "/v1/completions";
    private static final int LINES = 100;

    @TempDir
    Path folder;

    private static String line(int index) {
        return "{\"custom_id\":\"" + index + "\",\"method\":\"POST\",\"url\":\"" + ENDPOINT
                + "\",\"body\":{\"prompt\":\"" + "x".repeat(4_000) + "\"}}\n";
    }

    /** A batch whose first line is run and whose last is no longer what it was. */
    private static BatchRun changed(FileStore store) throws IOException {
        Batch batch = new Batch(
                "batch_0",
                new Owner("", ""),
                ENDPOINT,
                "file-0",
                Map.of(),
                3_600,
                BatchStatus.IN_PROGRESS,
                Map.of(BatchStatus.IN_PROGRESS.time(), store.nowSeconds(), Batch.EXPIRES, store.nowSeconds() + 86_400),
                new Batch.Counts(LINES, 0, 0),
                List.of(),
                null,
                null,
                null);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            lines.append(line(i));
        }
        Path input = store.data(batch.inputFile());
        Files.writeString(input, lines);
        BatchShelf shelf = BatchShelf.open(store.beside("batches"));
        shelf.put(batch);
        BatchRun run = BatchRun.open(shelf, store, BatchLimits.DEFAULT, batch);
        assertThat(run.next()).isNotNull();
        try (RandomAccessFile file = new RandomAccessFile(input.toFile(), "rw")) {
            file.seek(file.length() - 10);
            file.write("no longer".getBytes(StandardCharsets.US_ASCII));
        }
        return run;
    }

    @Test
    void a_changed_line_that_finds_no_room_on_the_disk_is_told_when_there_is_some() throws IOException {
        try (SmallDisk disk = SmallDisk.mount(folder);
                FileStore store = FileStore.open(
                        disk.folder().resolve("files"),
                        FileLimits.OFF.in(disk.folder().resolve("files")),
                        InstantSource.system())) {
            BatchRun run = changed(store);
            for (int i = 1; i < LINES - 1; i++) {
                assertThat(run.next()).extracting(BatchLine::customId).isEqualTo(String.valueOf(i));
            }
            disk.fill();
            assertThatThrownBy(run::next)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("No space left");
            assertThat(run.isDone()).isFalse();
            assertThat(run.batch().counts().failed()).isZero();
            disk.empty();
            assertThat(run.next()).isNull();
            assertThat(run.isDone()).isTrue();
            assertThat(run.batch().counts().failed()).isEqualTo(1);
            run.close();
        }
    }
}
