package io.jynamo.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.weights.ModelConfig.Rope;
import io.jynamo.engine.weights.ModelConfig.RopeScaling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Gemma 3 comes in several wrappings: with and without an image encoder, with keys of old and new versions. */
class GemmaFolderTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path folder;

    private final RandomModel model = RandomModel.load("gemma3-BF16");

    /** The text model's names in the first multimodal files, and in later ones. */
    @ParameterizedTest
    @ValueSource(strings = {"language_model.model.", "model.language_model."})
    void theTextModelIsTakenOutOfTheMultimodalOne(String root) throws IOException {
        ObjectNode outer = JSON.createObjectNode();
        outer.putArray("architectures").add("Gemma3ForConditionalGeneration");
        outer.putArray("eos_token_id").add(1).add(106);
        outer.set("text_config", model.config());
        write(outer, name -> name.replaceFirst("^model\\.", root));
        try (ModelWeights plain = Models.open(model.writeFolder(folder.resolve("plain")));
                ModelWeights weights = Models.open(folder)) {
            assertThat(weights.config().eosTokenIds()).containsExactlyInAnyOrder(1, 2, 106);
            assertThat(weights.config().slidingLayers())
                    .isEqualTo(plain.config().slidingLayers());
            assertThat(weights.config().rope()).isEqualTo(plain.config().rope());
            assertThat(weights.sizeBytes()).isEqualTo(plain.sizeBytes());
            assertThat(weights.require(TensorRole.POST_FFN_NORM, 6)
                            .data()
                            .mismatch(plain.require(TensorRole.POST_FFN_NORM, 6).data()))
                    .isEqualTo(-1);
        }
    }

    @Test
    void keysOfOldVersions() throws IOException {
        ObjectNode config = model.config().deepCopy().asObject();
        config.remove(List.of("rope_parameters", "layer_types", "num_hidden_layers"));
        config.put("num_hidden_layers", 7).put("rope_theta", 1e6).put("rope_local_base_freq", 12_000.0);
        config.put("sliding_window_pattern", 3).put("query_pre_attn_scalar", 64);
        config.putObject("rope_scaling").put("rope_type", "linear").put("factor", 8.0);
        write(config, UnaryOperator.identity());
        try (ModelWeights weights = Models.open(folder)) {
            ModelConfig c = weights.config();
            assertThat(c.rope()).isEqualTo(new Rope(1e6f, new RopeScaling.Linear(8)));
            assertThat(c.localRope()).isEqualTo(new Rope(12_000, new RopeScaling.None()));
            assertThat(c.slidingLayers()).containsExactly(true, true, false, true, true, false, true);
            assertThat(c.attentionScale()).isEqualTo(1 / 8f);
            assertThat(c.normOffset()).isEqualTo(1);
        }
    }

    private void write(ObjectNode config, UnaryOperator<String> name) throws IOException {
        var writer = new SafetensorsWriter();
        model.tensors()
                .forEach(t -> writer.add(name.apply(t.name()), t.type().name(), t.shape(), t.bytes(model.seed())));
        writer.add("vision_tower.vision_model.head.weight", "BF16", List.of(2), new byte[4]);
        Files.writeString(folder.resolve("config.json"), JSON.writeValueAsString(config));
        Files.write(folder.resolve("model.safetensors"), writer.bytes());
    }
}
