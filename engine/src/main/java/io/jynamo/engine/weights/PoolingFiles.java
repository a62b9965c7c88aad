package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import io.jynamo.engine.weights.EncoderConfig.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What sentence-transformers wrote beside a model: modules.json, the pooling module's config.json, and the longest text in
 * sentence_bert_config.json.
 *
 * @param maxTokens of one text
 */
record PoolingFiles(Pooling pooling, boolean normalised, int maxTokens) {
    private static final int MAX_BYTES = 1 << 20;
    private static final String MODE = "pooling_mode_";

    private static final Map<String, Pooling> MODES = Map.of(
            "cls_token",
            Pooling.CLS,
            "cls",
            Pooling.CLS,
            "mean_tokens",
            Pooling.MEAN,
            "mean",
            Pooling.MEAN,
            "lasttoken",
            Pooling.LAST);

    static PoolingFiles read(Path folder, int positions) {
        int maxTokens = maxTokens(folder, positions);
        Path modules = folder.resolve("modules.json");
        if (!Files.exists(modules)) {
            return new PoolingFiles(Pooling.MEAN, true, maxTokens);
        }
        Pooling pooling = Pooling.MEAN;
        boolean normalised = false;
        for (JsonNode module : modules(modules)) {
            String type = module.path("type").asString("");
            String kind = type.substring(type.lastIndexOf('.') + 1);
            switch (kind) {
                case "Transformer" -> {}
                case "Pooling" -> pooling = pooling(folder, module.path("path").asString(""));
                case "Normalize" -> normalised = true;
                default ->
                    throw ModelFileProblem.unsupported(
                            modules,
                            "module " + quote(type) + " is not supported; supported: Transformer, Pooling, Normalize");
            }
        }
        return new PoolingFiles(pooling, normalised, maxTokens);
    }

    private static JsonNode modules(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw ModelFileProblem.corrupt(file, "is larger than " + MAX_BYTES + " bytes");
            }
            JsonNode list = ConfigJson.MAPPER.readTree(Files.readAllBytes(file));
            if (!list.isArray() || list.isEmpty()) {
                throw ModelFileProblem.corrupt(file, "is no list of modules");
            }
            return list;
        } catch (JacksonException e) {
            throw ModelFileProblem.corrupt(file, "is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw ModelFileProblem.unreadable(file, e);
        }
    }

    private static Pooling pooling(Path folder, String path) {
        if (!path.matches("[A-Za-z0-9_-]{1,100}")) {
            throw ModelFileProblem.corrupt(
                    folder.resolve("modules.json"), "the pooling module has no folder beside it: " + quote(path));
        }
        ConfigJson config = ConfigJson.read(folder.resolve(path).resolve("config.json"), MAX_BYTES);
        List<String> modes = new ArrayList<>();
        config.findString("pooling_mode").ifPresent(modes::add);
        for (Map.Entry<String, JsonNode> entry : config.node().properties()) {
            if (entry.getKey().startsWith(MODE) && entry.getValue().asBoolean(false)) {
                modes.add(entry.getKey().substring(MODE.length()));
            }
        }
        Pooling pooling = modes.size() == 1 ? MODES.get(modes.getFirst()) : null;
        if (pooling == null) {
            throw ModelFileProblem.unsupported(
                    config.file(), "pooling " + modes + " is not supported; supported: cls, mean or the last token");
        }
        return pooling;
    }

    private static int maxTokens(Path folder, int positions) {
        Path file = folder.resolve("sentence_bert_config.json");
        if (!Files.exists(file)) {
            return positions;
        }
        return Math.min(
                positions, ConfigJson.read(file, MAX_BYTES).find("max_seq_length", positions, 1, Integer.MAX_VALUE));
    }
}
