package io.jynamo.engine.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tiny model with weights from a hash, and what Hugging Face transformers computes with it in float32: the truth that the engine is held
 * to for every family and dtype. Made by src/test/python/random_models.py; the README beside the goldens tells how to use one.
 */
public final class RandomModel {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> FAMILIES =
            List.of("llama2", "llama3", "mistral", "qwen2", "qwen2-sliding", "qwen3", "gemma3");
    private static final List<String> DTYPES = List.of("F32", "F16", "BF16");
    private static final List<String> QUANTISED =
            List.of("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K");

    private final JsonNode golden;
    private final List<TensorRecipe> tensors;

    private RandomModel(JsonNode golden) {
        this.golden = golden;
        this.tensors = golden.get("tensors").valueStream().map(TensorRecipe::of).toList();
    }

    /** Every family in F32, F16 and BF16: each can be written as a folder and as a GGUF file. */
    public static List<String> unquantised() {
        var names = new ArrayList<String>();
        FAMILIES.forEach(family -> DTYPES.forEach(dtype -> names.add(family + "-" + dtype)));
        return names;
    }

    /** A Llama whose matrices are of one quantised type each; GGUF only. */
    public static List<String> quantised() {
        return QUANTISED.stream().map(type -> "llama-wide-" + type).toList();
    }

    public static RandomModel load(String name) {
        String resource = "/golden/random-models/" + name + ".json";
        try (var in = RandomModel.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no golden " + resource);
            }
            return new RandomModel(JSON.readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String name() {
        return golden.get("name").stringValue();
    }

    /** Token ids of the prompt. */
    public int[] prompt() {
        return ints("prompt");
    }

    /** 256 greedy tokens after the prompt, end-of-sequence tokens ignored. */
    public int[] greedyTokens() {
        return ints("tokens");
    }

    /** The smallest distance of best to second-best logit in any greedy step. */
    public float minMargin() {
        return (float) golden.get("min_margin").doubleValue();
    }

    /** All logits after the prompt. */
    public float[] firstLogits() {
        return floats("first_logits");
    }

    /** All logits that the last greedy token was chosen from. */
    public float[] lastLogits() {
        return floats("last_logits");
    }

    /** Of all tensors' bytes, one after another, as the script made them. */
    String weightsSha256() {
        return golden.get("weights_sha256").stringValue();
    }

    int seed() {
        return golden.get("seed").intValue();
    }

    JsonNode config() {
        return golden.get("config");
    }

    List<TensorRecipe> tensors() {
        return Collections.unmodifiableList(tensors);
    }

    /** Writes config.json and model.safetensors into a folder, and returns it. */
    public Path writeFolder(Path folder) throws IOException {
        return writeFolder(folder, 1);
    }

    /** Writes the model as {@code shards} safetensors files with an index, or as a single one. */
    public Path writeFolder(Path folder, int shards) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), JSON.writeValueAsString(config()));
        ObjectNode index = JSON.createObjectNode();
        index.putObject("metadata").put("total_size", 0);
        ObjectNode map = index.putObject("weight_map");
        for (int shard = 0; shard < shards; shard++) {
            var writer = new SafetensorsWriter();
            String file =
                    shards == 1 ? "model.safetensors" : "model-%05d-of-%05d.safetensors".formatted(shard + 1, shards);
            for (int i = shard; i < tensors.size(); i += shards) {
                TensorRecipe t = tensors.get(i);
                writer.add(t.name(), t.type().name(), t.shape(), t.bytes(seed()));
                map.put(t.name(), file);
            }
            Files.write(folder.resolve(file), writer.bytes());
        }
        if (shards > 1) {
            Files.writeString(folder.resolve("model.safetensors.index.json"), JSON.writeValueAsString(index));
        }
        return folder;
    }

    /** Writes the model as a GGUF file, converted as llama.cpp's converter does: see {@link RandomGguf}. */
    public Path writeGguf(Path file) throws IOException {
        return Files.write(file, new RandomGguf(this).writer().bytes());
    }

    private int[] ints(String key) {
        return golden.get(key).valueStream().mapToInt(JsonNode::intValue).toArray();
    }

    private float[] floats(String key) {
        JsonNode node = golden.get(key);
        float[] values = new float[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) node.get(i).doubleValue();
        }
        return values;
    }

    @Override
    public String toString() {
        return name();
    }
}
