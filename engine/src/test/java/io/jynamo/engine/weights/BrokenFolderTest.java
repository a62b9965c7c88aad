package io.jynamo.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.engine.weights.ModelConfig.Rope;
import io.jynamo.engine.weights.ModelConfig.RopeScaling;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What is wrong with a Hugging Face folder is said; and what its keys mean, old ones and new. */
class BrokenFolderTest {
    @TempDir
    Path folder;

    @Test
    void theMiniModelIsWhole() throws IOException {
        try (ModelWeights weights = open(c -> {})) {
            assertThat(weights.config().headSize()).isEqualTo(8);
            assertThat(weights.find(TensorRole.OUTPUT, 0)).isEmpty();
        }
    }

    @Test
    void ropeKeysOldAndNew() throws IOException {
        String llama3 = "{\"%s\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,"
                + "\"original_max_position_embeddings\":8192,\"rope_theta\":500000.0}";
        var expected = new RopeScaling.Llama3(8, 1, 4, 8192);
        assertThat(config(c -> c.set("rope_scaling", json(llama3.formatted("rope_type"))))
                        .rope())
                .isEqualTo(new Rope(10_000, expected));
        assertThat(config(c -> c.set("rope_parameters", json(llama3.formatted("rope_type"))))
                        .rope())
                .isEqualTo(new Rope(500_000, expected));
        assertThat(config(c -> c.set("rope_scaling", json("{\"type\":\"linear\",\"factor\":4}")))
                        .rope())
                .isEqualTo(new Rope(10_000, new RopeScaling.Linear(4)));
        assertThat(config(c -> c.putNull("rope_scaling")).rope()).isEqualTo(new Rope(10_000, new RopeScaling.None()));
    }

    @Test
    void endTokensAreTheUnionOfBothFiles() throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":[3,5]}");
        assertThat(config(c -> {}).eosTokenIds()).containsExactlyInAnyOrder(2, 3, 5);
    }

    @Test
    void tiedModelsIgnoreACopyOfTheirEmbedding() throws IOException {
        byte[] weights = MiniModel.safetensors()
                .add("lm_head.weight", "BF16", List.of(16, 32), new byte[16 * 32 * 2])
                .add("model.layers.0.self_attn.rotary_emb.inv_freq", "F32", List.of(4), new byte[16])
                .bytes();
        try (ModelWeights tied = Models.open(MiniModel.writeFolder(folder, MiniModel.config(), weights))) {
            assertThat(tied.find(TensorRole.OUTPUT, 0)).isEmpty();
        }
        ObjectNode untied = MiniModel.config().put("tie_word_embeddings", false);
        try (ModelWeights own = Models.open(MiniModel.writeFolder(folder, untied, weights))) {
            assertThat(own.find(TensorRole.OUTPUT, 0)).isPresent();
        }
        refused(c -> c.put("tie_word_embeddings", false), ErrorCode.MODEL_FILE_CORRUPT, "no tensor for OUTPUT");
    }

    @Test
    void architectures() throws IOException {
        refused(
                c -> c.putArray("architectures").add("MambaForCausalLM"),
                ErrorCode.MODEL_UNSUPPORTED,
                "'MambaForCausalLM'",
                "LlamaForCausalLM",
                "Gemma3ForCausalLM");
        refused(c -> c.putNull("architectures"), ErrorCode.MODEL_FILE_CORRUPT, "architectures");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num_experts|8|mixture of experts",
                "num_local_experts|8|mixture of experts",
                "mlp_bias|true|mlp_bias",
                "final_logit_softcapping|30.0|final_logit_softcapping",
                "partial_rotary_factor|0.5|partial_rotary_factor",
                "hidden_act|\"gelu\"|'gelu'",
                "quantization_config|{\"quant_method\":\"awq\"}|'awq'",
                "rope_scaling|{\"rope_type\":\"yarn\",\"factor\":4}|'yarn'",
                "rope_scaling|{\"type\":\"longrope\"}|'longrope'",
                "rope_parameters|{\"rope_type\":\"dynamic\"}|'dynamic'"
            })
    void optionsNotComputed(String key, String value, String word) throws IOException {
        refused(c -> c.set(key, json(value)), ErrorCode.MODEL_UNSUPPORTED, word);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hidden_size|-1",
                "hidden_size|null",
                "hidden_size|1e9",
                "hidden_size|99999999999999999999",
                "num_attention_heads|0",
                "num_key_value_heads|3",
                "num_hidden_layers|1000000",
                "num_hidden_layers|2",
                "vocab_size|17",
                "rms_norm_eps|0",
                "rms_norm_eps|NaN",
                "rope_theta|\"big\"",
                "eos_token_id|[-1]",
                "head_dim|7",
                "rope_scaling|[]",
                "rope_scaling|{\"rope_type\":\"linear\"}",
                "rope_scaling|{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":1}"
            })
    void valuesThatCannotBe(String key, String value) throws IOException {
        refused(c -> c.set(key, json(value)), ErrorCode.MODEL_FILE_CORRUPT, folder.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"a\":1,\"a\":2}", "nonsense", "{\"a\":\"\u0000\"}"})
    void configThatIsNoObject(String text) throws IOException {
        MiniModel.writeFolder(
                folder, MiniModel.config(), MiniModel.safetensors().bytes());
        Files.writeString(folder.resolve("config.json"), text);
        refused(folder, ErrorCode.MODEL_FILE_CORRUPT, "config.json");
    }

    @Test
    void configNestedToDeath() throws IOException {
        MiniModel.writeFolder(
                folder, MiniModel.config(), MiniModel.safetensors().bytes());
        Files.writeString(folder.resolve("config.json"), "{\"a\":" + "[".repeat(100_000));
        refused(folder, ErrorCode.MODEL_FILE_CORRUPT, "not valid JSON");
    }

    @Test
    void weightsMissing() throws IOException {
        Files.writeString(folder.resolve("config.json"), MiniModel.config().toString());
        refused(folder, ErrorCode.MODEL_FILE_MISSING, "model.safetensors");
        Files.write(folder.resolve("pytorch_model.bin"), new byte[1]);
        refused(folder, ErrorCode.MODEL_UNSUPPORTED, "pickle");
    }

    @Test
    void shardsThatAreNotThere() throws IOException {
        RandomModel model = RandomModel.load("llama2-BF16");
        model.writeFolder(folder, 2);
        Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
        refused(folder, ErrorCode.MODEL_FILE_MISSING, "model-00002-of-00002.safetensors");
    }

    @Test
    void indexThatLeadsOutOfTheFolder() throws IOException {
        Files.writeString(folder.resolve("config.json"), MiniModel.config().toString());
        Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\":{\"model.norm.weight\":\"../../etc/passwd\"}}");
        refused(folder, ErrorCode.MODEL_FILE_CORRUPT, "the name of a file in the same folder");
    }

    @Test
    void everyCutIsNoticed() throws IOException {
        byte[] whole = MiniModel.safetensors().bytes();
        for (int length = 0; length < whole.length; length += length < 1200 ? 1 : 499) {
            MiniModel.writeFolder(folder, MiniModel.config(), Arrays.copyOf(whole, length));
            refused(folder, ErrorCode.MODEL_FILE_CORRUPT, "model.safetensors");
        }
    }

    @Test
    void headerLengthsThatCannotBe() throws IOException {
        for (long length : new long[] {-1, 0, 1, Long.MAX_VALUE, 1L << 32, 100 << 20}) {
            byte[] bytes = MiniModel.safetensors().bytes();
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            MiniModel.writeFolder(folder, MiniModel.config(), bytes);
            refused(folder, ErrorCode.MODEL_FILE_CORRUPT, "claims a header of");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,8]}}|cannot take",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,0]}}|cannot take",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]}}|no natural number",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,16]}}|overflows",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[8],\"data_offsets\":[0,32]}}|past the file's end",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}|begins at",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|the tensors end here",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[4,16]}}|begins at",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},\"a\":{}}|JSON",
                "{\"a\":7}|lacks",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":4,\"data_offsets\":[0,16]}}|lacks",
                "[]|begin with",
            })
    void headersThatLie(String header, String word) throws IOException {
        MiniModel.writeFolder(folder, MiniModel.config(), SafetensorsWriter.file(header, new byte[16]));
        refused(folder, ErrorCode.MODEL_FILE_CORRUPT, word);
    }

    @ParameterizedTest
    @ValueSource(strings = {"F8_E4M3", "I64", "F64", "Q7"})
    void elementTypesNotComputed(String dtype) throws IOException {
        byte[] data = new byte[dtype.equals("F8_E4M3") ? 32 : 256];
        byte[] weights = MiniModel.safetensors()
                .add("model.layers.0.self_attn.q_norm.weight", dtype, List.of(32), data)
                .bytes();
        MiniModel.writeFolder(folder, MiniModel.config(), weights);
        refused(folder, ErrorCode.MODEL_UNSUPPORTED, "q_norm.weight", dtype, "BF16");
    }

    @Test
    void tensorNobodyKnows() throws IOException {
        byte[] weights = MiniModel.safetensors()
                .add("model.layers.0.mlp.router.weight", "F32", List.of(1), new byte[4])
                .bytes();
        MiniModel.writeFolder(folder, MiniModel.config(), weights);
        refused(folder, ErrorCode.MODEL_UNSUPPORTED, "'model.layers.0.mlp.router.weight'");
    }

    private static tools.jackson.databind.JsonNode json(String text) {
        return text.equals("NaN")
                ? tools.jackson.databind.node.DoubleNode.valueOf(Double.NaN)
                : new JsonMapper().readTree(text);
    }

    private ModelWeights open(Consumer<ObjectNode> change) throws IOException {
        ObjectNode config = MiniModel.config();
        change.accept(config);
        return Models.open(
                MiniModel.writeFolder(folder, config, MiniModel.safetensors().bytes()));
    }

    private ModelConfig config(Consumer<ObjectNode> change) throws IOException {
        try (ModelWeights weights = open(change)) {
            return weights.config();
        }
    }

    private void refused(Consumer<ObjectNode> change, ErrorCode code, String... words) throws IOException {
        ObjectNode config = MiniModel.config();
        change.accept(config);
        MiniModel.writeFolder(folder, config, MiniModel.safetensors().bytes());
        refused(folder, code, words);
    }

    private static void refused(Path path, ErrorCode code, String... words) {
        assertThatThrownBy(() -> Models.open(path).close())
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(words);
    }
}
