package io.jynamo.bench.grammar;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.grammar.TokenVocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** xgrammar and llguidance in a Python process of their own, {@code rivals.py}, on the tokens ours is measured on. */
final class Rivals {
    private static final JsonMapper JSON = new JsonMapper();
    private static final long LIMIT_SECONDS = 300;

    private final Path python;

    Rivals(Path python) {
        this.python = python;
    }

    /** Timings by engine and constraint. */
    Map<String, Map<String, Timing>> measure(
            Path family, TokenVocabulary vocabulary, int end, List<Case> cases, List<int[][]> walks) {
        var pieces = new ArrayList<String>();
        for (int id = 0; id < vocabulary.size(); id++) {
            pieces.add(Base64.getEncoder().encodeToString(vocabulary.bytes(id)));
        }
        var tasks = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < cases.size(); i++) {
            tasks.add(Map.of(
                    "name", cases.get(i).name(),
                    "kind", cases.get(i).kind(),
                    "spec", cases.get(i).spec(),
                    "walks", walks.get(i)));
        }
        var task = Map.of("family", family.toString(), "end", end, "pieces", pieces, "cases", tasks);
        var results = new LinkedHashMap<String, Map<String, Timing>>();
        for (JsonNode row : JSON.readTree(execute(JSON.writeValueAsBytes(task)))) {
            results.computeIfAbsent(row.path("engine").asString(), _ -> new LinkedHashMap<>())
                    .put(
                            row.path("name").asString(),
                            new Timing(
                                    row.path("compile").doubleValue(),
                                    row.path("cold50").doubleValue(),
                                    row.path("cold99").doubleValue(),
                                    row.path("warm50").doubleValue(),
                                    row.path("warm99").doubleValue()));
        }
        return results;
    }

    private String execute(byte[] task) {
        try (InputStream source = Rivals.class.getResourceAsStream("rivals.py")) {
            String script = new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
            Path input = Files.createTempFile("grammar-bench", ".json");
            try {
                Files.write(input, task);
                var process = new ProcessBuilder(python.toString(), "-c", script, input.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    process.destroyForcibly();
                    throw new JynamoException(ErrorCode.MODEL_FILE_MISSING, python + " could not run the rivals");
                }
                return output;
            } finally {
                Files.delete(input);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.CANCELLED, "interrupted while rivals ran", e);
        }
    }
}
