package io.jynamo.text.tokenizer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Hugging Face library in a process of its own. */
final class LibraryOracle {
    private static final List<String> FAMILIES = List.of(
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
            "mistral-v1-json");

    private LibraryOracle() {}

    /** Every family fetched that has a tokenizer.json. */
    static List<String> families() {
        return FAMILIES;
    }

    /** The ids of each file's text, special tokens in it read as such and none added. */
    static List<int[]> encode(Path family, List<Path> files) throws Exception {
        Path oracle =
                Corpora.goldens().resolve("../../../tools/tokenizers/oracle").normalize();
        assumeTrue(Files.isExecutable(oracle), "not run: no " + oracle);
        List<String> command = new ArrayList<>(List.of(oracle.toString(), "encode", family.toString()));
        files.forEach(file -> command.add(file.toString()));
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
}
