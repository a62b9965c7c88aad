package io.jynamo.frontend.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.files.FileLimits;
import io.jynamo.frontend.files.FileStore;
import io.jynamo.frontend.keys.Owner;
import io.jynamo.frontend.metrics.FrontendMetrics;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is in memory of batches whose lines find no room. */
@Timeout(60)
class BatchMemoryTest {
    private static final String ENDPOINT = "/v1/completions";
    private static final int BATCHES = 8;
    private static final int LINES = 12;
    private static final int LINE_BYTES = 1 << 20;

    /** Answers that there is no room while there is none; knows which bodies are still held by somebody. */
    private static final class FullServer implements LineCaller {
        private final ConcurrentLinkedQueue<WeakReference<byte[]>> bodies = new ConcurrentLinkedQueue<>();
        private final Set<String> refusedBatches = ConcurrentHashMap.newKeySet();
        private volatile boolean full = true;

        @Override
        public Call call(Batch batch, BatchLine line, Consumer<LineAnswer> to) {
            assertThat(line.body()).hasSizeGreaterThan(LINE_BYTES);
            String text = new String(line.body(), 0, 64, StandardCharsets.UTF_8);
            assertThat(text).contains("\"prompt\":\"" + batch.id() + " " + line.customId() + " ");
            boolean refuses = full;
            if (refuses) {
                refusedBatches.add(batch.id());
            }
            bodies.add(new WeakReference<>(line.body()));
            byte[] body = (refuses ? "{\"error\":{\"code\":\"overloaded\"}}" : "{}").getBytes(StandardCharsets.UTF_8);
            to.accept(new LineAnswer(refuses ? 529 : 200, "r", body, Duration.ZERO));
            return () -> {};
        }

        long held() {
            System.gc();
            return bodies.stream().filter(body -> body.get() != null).count();
        }
    }

    @TempDir
    Path folder;

    private static Batch batch(String id, String file, long now) {
        return new Batch(
                id,
                new Owner("", ""),
                ENDPOINT,
                file,
                Map.of(),
                3_600,
                BatchStatus.VALIDATING,
                Map.of(BatchStatus.VALIDATING.time(), now, Batch.EXPIRES, now + 86_400),
                Batch.Counts.NONE,
                List.of(),
                null,
                null,
                null);
    }

    private static void write(Path input, String batch) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            lines.append("{\"custom_id\":\"")
                    .append(i)
                    .append("\",\"method\":\"POST\",\"url\":\"" + ENDPOINT + "\",\"body\":{\"prompt\":\"")
                    .append(batch)
                    .append(" ")
                    .append(i)
                    .append(" ")
                    .repeat("x", LINE_BYTES)
                    .append("\"}}\n\n");
        }
        Files.writeString(input, lines);
    }

    @Test
    void lines_that_wait_are_in_their_file_and_not_in_memory() throws IOException {
        FullServer server = new FullServer();
        try (FileStore store = FileStore.open(folder, FileLimits.OFF.in(folder), InstantSource.system())) {
            BatchShelf shelf = BatchShelf.open(store.beside("batches"));
            for (int i = 0; i < BATCHES; i++) {
                Batch batch = batch("batch_" + i, "file-" + i, store.nowSeconds());
                write(store.data(batch.inputFile()), batch.id());
                shelf.put(batch);
            }
            BatchLimits limits = BatchLimits.DEFAULT;
            try (BatchRunner runner = BatchRunner.start(
                    store, shelf, limits, new FrontendMetrics("test").batches(), server, () -> false)) {
                await(() -> server.refusedBatches.size() == BATCHES && runner.linesUnderWay() == 0);
                await(() -> server.held() <= limits.concurrency());
                server.full = false;
                for (int i = 0; i < BATCHES; i++) {
                    String id = "batch_" + i;
                    await(() -> known(shelf, id).status().isOver());
                    assertThat(known(shelf, id).counts()).isEqualTo(new Batch.Counts(LINES, LINES, 0));
                }
            }
        }
    }

    private static Batch known(BatchShelf shelf, String id) {
        return java.util.Objects.requireNonNull(shelf.find(id));
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
