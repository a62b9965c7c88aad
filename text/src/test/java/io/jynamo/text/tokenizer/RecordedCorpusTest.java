package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.text.Tokenizer.SpecialText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Twenty million bytes of code, prose and mixed scripts for every family, against the sums of what the Hugging Face library
 * gave: it takes minutes where the sums take seconds. A text is known by its own hash, so that another version of a package
 * is left out rather than compared with the wrong sums.
 *
 * <p>The sums are written anew, in a quarter of an hour, by {@code mvn test -pl text -am -Plong -Dexcluded.groups=none
 * -Dtest=RecordedCorpusTest#recordsWhatTheLibraryGives -Djynamo.corpus.record=FILE}; FILE is
 * {@code src/test/resources/golden/tokenizers/recorded.txt}.
 */
@Tag("long")
class RecordedCorpusTest {
    private static final String RECORD = "/golden/tokenizers/recorded.txt";
    private static final long ENOUGH = 20_000_000;
    private static final int MIXTURES = 20;
    private static final int BATCH = 40;

    @ParameterizedTest
    @MethodSource("io.jynamo.text.tokenizer.LibraryOracle#families")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void equalsWhatTheLibraryGave(String family) throws Exception {
        var tokenizer = (PipelineTokenizer) Tokenizers.fromFolder(Corpora.family(family));
        Map<String, String> sums = recorded(family);
        long compared = 0;
        for (var text : texts().entrySet()) {
            String expected = sums.get(key(text.getValue()));
            if (expected != null) {
                assertThat(sum(tokenizer.encode(text.getValue(), SpecialText.PARSE)))
                        .as(text.getKey())
                        .isEqualTo(expected);
                compared += text.getValue().getBytes(StandardCharsets.UTF_8).length;
            }
        }
        assumeTrue(
                compared >= ENOUGH,
                "not run in full: " + compared + " of " + ENOUGH + " bytes, since the oracle's packages have changed");
    }

    @Test
    @Tag("record")
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void recordsWhatTheLibraryGives(@TempDir Path folder) throws Exception {
        List<StringBuilder> lines = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        for (String text : texts().values()) {
            Path file = folder.resolve(key(text));
            if (!files.contains(file)) {
                Files.writeString(file, text);
                files.add(file);
                lines.add(new StringBuilder(key(text)));
            }
        }
        for (String family : LibraryOracle.families()) {
            for (int from = 0; from < files.size(); from += BATCH) {
                List<Path> batch = files.subList(from, Math.min(files.size(), from + BATCH));
                List<int[]> ids = LibraryOracle.encode(Corpora.family(family), batch);
                for (int i = 0; i < batch.size(); i++) {
                    lines.get(from + i).append(' ').append(sum(ids.get(i)));
                }
            }
        }
        String families = "text " + String.join(" ", LibraryOracle.families()) + "\n";
        Files.writeString(
                Path.of(System.getProperty("jynamo.corpus.record")), families + String.join("\n", lines) + "\n");
    }

    /** From text to sum for one family. */
    private static Map<String, String> recorded(String family) throws IOException {
        try (var file = Objects.requireNonNull(RecordedCorpusTest.class.getResourceAsStream(RECORD))) {
            List<String> lines = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            int column = fields(lines.getFirst()).indexOf(family);
            Map<String, String> sums = new HashMap<>();
            for (String line : lines.subList(1, lines.size())) {
                sums.put(fields(line).getFirst(), fields(line).get(column));
            }
            return sums;
        }
    }

    private static List<String> fields(String line) {
        return List.of(line.split(" ", -1));
    }

    /** By name: files of 20 to 200 kB, in which no package's few large tables outweigh the rest, and mixtures of scripts. */
    private static Map<String, String> texts() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Path file : CorpusText.packageFiles()) {
            long size = Files.size(file);
            if (size > 20_000 && size < 200_000) {
                byte[] bytes = Files.readAllBytes(file);
                texts.put(file.toString(), Utf8.lossy(bytes, 0, bytes.length));
            }
        }
        for (int seed = 0; seed < MIXTURES; seed++) {
            var mixture = new StringBuilder();
            CorpusText.mixture(mixture, new Random(seed));
            texts.put("mixture " + seed, mixture.toString());
        }
        return texts;
    }

    private static String key(String text) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 6);
    }

    private static String sum(int[] ids) {
        var bytes = ByteBuffer.allocate(ids.length * Integer.BYTES);
        bytes.asIntBuffer().put(ids);
        var crc = new CRC32C();
        crc.update(bytes);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
