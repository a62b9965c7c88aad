package io.jynamo.engine.weights;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a model's files say of themselves, whether or not the engine can compute it: for listings.
 *
 * @param architecture the GGUF architecture, or the Hugging Face class, for example {@code llama} or {@code BertModel}
 * @param sizeBytes of the weight files
 * @param tensorTypes tensors of each encoding by its name, most frequent first
 * @param contextLength tokens it was trained for; 0 where the files do not say
 * @param licence as a GGUF file names it, for example {@code apache-2.0}; null where it does not, and for folders
 */
public record ModelSummary(
        String architecture,
        long sizeBytes,
        SequencedMap<String, Integer> tensorTypes,
        int contextLength,
        @Nullable String licence) {
    private static final int MAX_CONFIG = 4 << 20;

    /**
     * Reads headers only.
     *
     * @param path as for {@link Models#open}
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_MISSING or MODEL_FILE_CORRUPT
     */
    public static ModelSummary read(Path path) {
        return Models.isHuggingFace(path) ? ofFolder(path) : ofGguf(Models.ggufFile(path));
    }

    private static ModelSummary ofGguf(Path path) {
        try (GgufFile file = GgufFile.open(path)) {
            String architecture = GgufMetadata.of(path, file.metadata()).architecture();
            var counts = new LinkedHashMap<String, Integer>();
            file.tensors().values().forEach(t -> counts.merge(t.type().name(), 1, Integer::sum));
            Object context = file.metadata().get(architecture + ".context_length");
            Object licence = file.metadata().get("general.license");
            return new ModelSummary(
                    architecture,
                    file.sizeBytes(),
                    mostFirst(counts),
                    context instanceof Long tokens ? Math.clamp(tokens, 0, Integer.MAX_VALUE) : 0,
                    licence instanceof String text ? text : null);
        }
    }

    private static ModelSummary ofFolder(Path folder) {
        ConfigJson config = ConfigJson.read(folder.resolve("config.json"), MAX_CONFIG);
        try (SafetensorsShards shards = SafetensorsShards.open(folder)) {
            var counts = new LinkedHashMap<String, Integer>();
            long size = 0;
            for (SafetensorsShards.Located located : shards.tensors().values()) {
                counts.merge(located.tensor().dtype().name(), 1, Integer::sum);
                size += located.tensor().sizeBytes();
            }
            ConfigJson text = config.findObject("text_config").orElse(config);
            return new ModelSummary(
                    className(config),
                    size,
                    mostFirst(counts),
                    text.find("max_position_embeddings", 0, 0, Integer.MAX_VALUE),
                    null);
        }
    }

    private static String className(ConfigJson config) {
        JsonNode classes = config.value("architectures");
        if (classes != null
                && classes.isArray()
                && !classes.isEmpty()
                && classes.get(0).isString()) {
            return classes.get(0).stringValue();
        }
        return config.findString("model_type").orElse("unknown");
    }

    private static SequencedMap<String, Integer> mostFirst(Map<String, Integer> counts) {
        var sorted = new LinkedHashMap<String, Integer>();
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }
}
