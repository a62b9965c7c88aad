package io.jynamo.engine.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tiny encoder with weights from a hash and what Hugging Face transformers computes with it in float32, made by
 * src/test/python/encoder_goldens.py; or one of any shape without goldens.
 */
public final class RandomEncoder {
    private static final JsonMapper JSON = new JsonMapper();

    private final ObjectNode config;
    private final List<TensorRecipe> tensors;
    private final int seed;
    private final List<Case> cases;

    private RandomEncoder(ObjectNode config, List<TensorRecipe> tensors, int seed, List<Case> cases) {
        this.config = config;
        this.tensors = tensors;
        this.seed = seed;
        this.cases = cases;
    }

    /** A text, and what comes of it by the way of pooling or under {@code logit}. */
    @SuppressWarnings("ArrayRecordComponent") // read by tests
    public record Case(int[] ids, int second, Map<String, float[]> all) {
        public float[] expected(String what) {
            return java.util.Objects.requireNonNull(all.get(what));
        }
    }

    /** One with goldens: bert, roberta, xlm-roberta, bert-score or xlm-roberta-score. */
    public static RandomEncoder load(String name) {
        JsonNode golden = golden(name);
        List<Case> cases = new ArrayList<>();
        for (JsonNode each : golden.get("cases")) {
            int[] ids =
                    each.get("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
            Map<String, float[]> expected = each.has("logit")
                    ? Map.of("logit", new float[] {each.get("logit").floatValue()})
                    : Map.of(
                            "cls",
                            vector(each.get("cls")),
                            "mean",
                            vector(each.get("mean")),
                            "last",
                            vector(each.get("last")));
            cases.add(new Case(ids, each.get("second").intValue(), expected));
        }
        return new RandomEncoder(
                (ObjectNode) golden.get("config"),
                golden.get("tensors").valueStream().map(TensorRecipe::of).toList(),
                golden.get("seed").intValue(),
                cases);
    }

    /** A BERT of any shape. */
    public static RandomEncoder bert(int hidden, int heads, int ffn, int layers, int vocabulary, int positions) {
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add("BertModel");
        config.put("hidden_size", hidden)
                .put("num_attention_heads", heads)
                .put("intermediate_size", ffn)
                .put("num_hidden_layers", layers)
                .put("vocab_size", vocabulary)
                .put("max_position_embeddings", positions)
                .put("type_vocab_size", 2)
                .put("layer_norm_eps", 1e-12);
        List<TensorRecipe> tensors = new ArrayList<>();
        tensors.add(matrix("embeddings.word_embeddings.weight", vocabulary, hidden));
        tensors.add(matrix("embeddings.position_embeddings.weight", positions, hidden));
        tensors.add(matrix("embeddings.token_type_embeddings.weight", 2, hidden));
        norm(tensors, "embeddings.LayerNorm", hidden);
        for (int i = 0; i < layers; i++) {
            String at = "encoder.layer." + i + ".";
            for (String name : List.of("attention.self.query", "attention.self.key", "attention.self.value")) {
                dense(tensors, at + name, hidden, hidden);
            }
            dense(tensors, at + "attention.output.dense", hidden, hidden);
            norm(tensors, at + "attention.output.LayerNorm", hidden);
            dense(tensors, at + "intermediate.dense", ffn, hidden);
            dense(tensors, at + "output.dense", hidden, ffn);
            norm(tensors, at + "output.LayerNorm", hidden);
        }
        return new RandomEncoder(config, tensors, 1, List.of());
    }

    private static void dense(List<TensorRecipe> to, String name, int rows, int columns) {
        to.add(matrix(name + ".weight", rows, columns));
        to.add(new TensorRecipe(name + ".bias", TensorType.F32, List.of(rows), 0, 0.5, 0, 0));
    }

    private static TensorRecipe matrix(String name, int rows, int columns) {
        double amplitude = name.startsWith("embeddings") ? 1 : 2.5 / Math.sqrt(columns);
        return new TensorRecipe(name, TensorType.F32, List.of(rows, columns), 0, amplitude, 0, 0);
    }

    private static void norm(List<TensorRecipe> to, String name, int size) {
        to.add(new TensorRecipe(name + ".weight", TensorType.F32, List.of(size), 1, 0.25, 0, 0));
        to.add(new TensorRecipe(name + ".bias", TensorType.F32, List.of(size), 0, 0.5, 0, 0));
    }

    public List<Case> cases() {
        return cases;
    }

    /** Its config.json, to be changed before it is written. */
    public ObjectNode config() {
        return config;
    }

    /** The numbers of one of its tensors. */
    public float[] numbers(String name) {
        return tensors.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow()
                .numbers(seed);
    }

    /** Writes config.json and model.safetensors into a folder, and returns it. */
    public Path writeFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), JSON.writeValueAsString(config));
        var writer = new SafetensorsWriter();
        tensors.forEach(t -> writer.add(t.name(), t.type().name(), t.shape(), t.bytes(seed)));
        Files.write(folder.resolve("model.safetensors"), writer.bytes());
        return folder;
    }

    /** The same, with the files of sentence-transformers that ask for a way of pooling, without a Normalize module. */
    public Path writeFolder(Path folder, String pooling) throws IOException {
        Files.createDirectories(folder.resolve("1_Pooling"));
        Files.writeString(
                folder.resolve("modules.json"),
                "[{\"type\": \"sentence_transformers.models.Transformer\", \"path\": \"\"},"
                        + " {\"type\": \"sentence_transformers.models.Pooling\", \"path\": \"1_Pooling\"}]");
        Files.writeString(
                folder.resolve("1_Pooling").resolve("config.json"), "{\"pooling_mode_" + pooling + "\": true}");
        return writeFolder(folder);
    }

    /** A golden's JSON. */
    public static JsonNode golden(String name) {
        try (var in = RandomEncoder.class.getResourceAsStream("/golden/encoders/" + name + ".json")) {
            if (in == null) {
                throw new IllegalArgumentException("no golden " + name);
            }
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Base64 of little-endian floats. */
    public static float[] vector(JsonNode base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64.stringValue()))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] numbers = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(numbers);
        return numbers;
    }
}
