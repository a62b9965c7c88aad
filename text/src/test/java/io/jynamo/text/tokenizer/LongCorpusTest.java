package io.jynamo.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Code, prose and mixed scripts: every id as the Hugging Face library gives it. Each run draws another megabyte and a half
 * out of far more; {@code -Djynamo.corpus.bytes} makes it longer, twenty million take minutes for each family.
 */
@Tag("long")
class LongCorpusTest {
    private static final long BYTES = Long.getLong("jynamo.corpus.bytes", 1_500_000);
    private static final long SEED = Long.getLong("jynamo.corpus.seed", System.nanoTime());
    private static final int FILE = 100_000;
    private static final int BATCH = 40;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama3",
                "llama3.1",
                "qwen3",
                "deepseek-v3",
                "deepseek-v4",
                "gpt-oss",
                "o200k",
                "cl100k",
                "claude",
                "smollm2",
                "minilm",
                "xlm-r",
                "gemma3",
                "gemma2",
                "mistral-v1-json"
            })
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void equalsTheLibrary(String family, @TempDir Path folder) throws Exception {
        Path oracle =
                Corpora.goldens().resolve("../../../tools/tokenizers/oracle").normalize();
        assumeTrue(Files.isExecutable(oracle), "not run: no " + oracle);
        Path home = Corpora.family(family);
        PipelineTokenizer tokenizer = (PipelineTokenizer) Tokenizers.fromFolder(home);
        List<Path> files = corpus(folder);
        for (int from = 0; from < files.size(); from += BATCH) {
            List<Path> batch = files.subList(from, Math.min(files.size(), from + BATCH));
            List<int[]> expected = library(oracle, home, batch);
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

    private static List<int[]> library(Path oracle, Path family, List<Path> batch) throws Exception {
        List<String> command = new ArrayList<>(List.of(oracle.toString(), "encode", family.toString()));
        batch.forEach(file -> command.add(file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<int[]> result = new ArrayList<>();
        var mapper = new JsonMapper();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode ids = mapper.readTree(line).get("ids");
                var found = new int[ids.size()];
                for (int i = 0; i < found.length; i++) {
                    found[i] = ids.get(i).intValue();
                }
                result.add(found);
            }
        }
        assumeTrue(process.waitFor() == 0, "not run: the oracle is not set up; run shared/tools/tokenizers/setup");
        return result;
    }

    /** Sources and documents of the oracle's own packages, the benchmark's text, and random mixtures of scripts. */
    private static List<Path> corpus(Path folder) throws IOException {
        var texts = new ArrayList<Path>();
        Path packages = Corpora.peers().resolve("tokenizers/venv/lib");
        try (var walk = Files.walk(packages)) {
            walk.filter(p -> p.toString().matches(".*\\.(py|pyi|txt|md|rst|json|c|h|toml)"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .forEach(texts::add);
        }
        var random = new Random(SEED);
        Collections.shuffle(texts, random);
        var files = new ArrayList<Path>();
        long total = 0;
        var buffer = new StringBuilder();
        for (int i = 0; total < BYTES; i++) {
            if (i % 12 == 0 || i >= texts.size()) {
                mixture(buffer, random);
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

    private static void mixture(StringBuilder into, Random random) {
        int[] starts = {
            0x20, 0x41, 0xC0, 0x300, 0x391, 0x410, 0x5D0, 0x627, 0x905, 0xE01, 0x1100, 0x3041, 0x4E00, 0xAC00, 0x1F600,
            0x2010, 0x10400
        };
        for (int i = 0; i < 6000; i++) {
            int start = starts[random.nextInt(starts.length)];
            for (int n = random.nextInt(1, 9); n > 0; n--) {
                int c = start + random.nextInt(80);
                if (Character.isDefined(c)) {
                    into.appendCodePoint(c);
                }
            }
            into.append(random.nextInt(3) == 0 ? " " : random.nextInt(9) == 0 ? "\n" : "");
        }
    }
}
