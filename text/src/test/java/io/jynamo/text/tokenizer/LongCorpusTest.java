package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.text.Tokenizer.SpecialText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Code, prose and mixed scripts: every id as the Hugging Face library gives it. Each run draws another megabyte and a half
 * out of far more; {@code -Djynamo.corpus.bytes} makes it longer. {@link RecordedCorpusTest} compares twenty million.
 */
@Tag("long")
class LongCorpusTest {
    private static final long BYTES = Long.getLong("jynamo.corpus.bytes", 1_500_000);
    private static final long SEED = Long.getLong("jynamo.corpus.seed", System.nanoTime());
    private static final int FILE = 100_000;
    private static final int BATCH = 40;

    @ParameterizedTest
    @MethodSource("io.jynamo.text.tokenizer.LibraryOracle#families")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void equalsTheLibrary(String family, @TempDir Path folder) throws Exception {
        Path home = Corpora.family(family);
        PipelineTokenizer tokenizer = (PipelineTokenizer) Tokenizers.fromFolder(home);
        List<Path> files = corpus(folder);
        for (int from = 0; from < files.size(); from += BATCH) {
            List<Path> batch = files.subList(from, Math.min(files.size(), from + BATCH));
            List<int[]> expected = LibraryOracle.encode(home, batch);
            for (int i = 0; i < batch.size(); i++) {
                String text = Utf8.lossy(Files.readAllBytes(batch.get(i)), 0, (int) Files.size(batch.get(i)));
                int[] found = tokenizer.encode(text, SpecialText.PARSE);
                int at = java.util.Arrays.mismatch(found, expected.get(i));
                assertThat(at)
                        .as(() -> "seed " + SEED + ", " + batch + " differs near \"" + around(tokenizer, found, at)
                                + "\"")
                        .isEqualTo(-1);
            }
        }
    }

    private static String around(PipelineTokenizer tokenizer, int[] ids, int at) {
        return tokenizer.decode(
                java.util.Arrays.copyOfRange(ids, Math.max(0, at - 5), Math.min(ids.length, at + 5)), false);
    }

    /** Sources and documents of the oracle's own packages, the benchmark's text, and random mixtures of scripts. */
    private static List<Path> corpus(Path folder) throws IOException {
        List<Path> texts = CorpusText.packageFiles();
        var random = new Random(SEED);
        Collections.shuffle(texts, random);
        var files = new ArrayList<Path>();
        long total = 0;
        var buffer = new StringBuilder();
        for (int i = 0; total < BYTES; i++) {
            if (i % 12 == 0 || i >= texts.size()) {
                CorpusText.mixture(buffer, random);
            } else {
                buffer.append(Files.readString(texts.get(i), StandardCharsets.ISO_8859_1));
            }
            while (buffer.length() >= FILE && total < BYTES) {
                Path file = folder.resolve("text-" + files.size());
                byte[] bytes = buffer.substring(0, FILE).getBytes(StandardCharsets.UTF_8);
                Files.write(file, bytes);
                buffer.delete(0, FILE);
                files.add(file);
                total += bytes.length;
            }
        }
        return files;
    }
}
