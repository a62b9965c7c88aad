package io.jynamo.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.engine.encoder.EncoderModel;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.weights.EncoderConfig.Pooling;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Which encoder folders are taken, what they are understood to say, and how the others are refused. */
class EncoderFolderTest {
    @TempDir
    Path folder;

    private static RandomEncoder small() {
        return RandomEncoder.bert(32, 2, 48, 1, 20, 24);
    }

    private EncoderConfig config(RandomEncoder encoder) throws IOException {
        try (EncoderWeights weights = EncoderWeights.open(encoder.writeFolder(folder))) {
            return weights.config();
        }
    }

    private void refused(Consumer<ObjectNode> change, ErrorCode code, String message) throws IOException {
        RandomEncoder encoder = small();
        change.accept(encoder.config());
        encoder.writeFolder(folder);
        assertThatThrownBy(() -> EncoderWeights.open(folder))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void aFolderAloneMeansTheNormalisedMean() throws IOException {
        EncoderConfig config = config(small());
        assertThat(config.pooling()).isEqualTo(Pooling.MEAN);
        assertThat(config.normalised()).isTrue();
        assertThat(config.maxTokens()).isEqualTo(24);
        assertThat(config.cuttable()).isFalse();
        assertThat(config.scores()).isFalse();
        assertThat(EncoderWeights.isEncoder(folder)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"cls_token,CLS", "mean_tokens,MEAN", "lasttoken,LAST"})
    void sentenceTransformersSaysHowToPool(String mode, Pooling pooling) throws IOException {
        small().writeFolder(folder, mode);
        Files.writeString(folder.resolve("sentence_bert_config.json"), "{\"max_seq_length\": 16}");
        try (EncoderWeights weights = EncoderWeights.open(folder)) {
            assertThat(weights.config().pooling()).isEqualTo(pooling);
            assertThat(weights.config().normalised()).isFalse();
            assertThat(weights.config().maxTokens()).isEqualTo(16);
        }
    }

    @Test
    void anUnknownPoolingOrModuleIsRefusedByName() throws IOException {
        small().writeFolder(folder, "max_tokens");
        assertThatThrownBy(() -> EncoderWeights.open(folder)).hasMessageContaining("pooling [max_tokens]");
        Files.writeString(folder.resolve("modules.json"), "[{\"type\": \"sentence_transformers.models.Dense\"}]");
        assertThatThrownBy(() -> EncoderWeights.open(folder))
                .hasMessageContaining("sentence_transformers.models.Dense");
    }

    @Test
    void aPoolingFolderLeadsNowhereElse() throws IOException {
        small().writeFolder(folder);
        Files.writeString(
                folder.resolve("modules.json"),
                "[{\"type\": \"sentence_transformers.models.Pooling\", \"path\": \"../secret\"}]");
        assertThatThrownBy(() -> EncoderWeights.open(folder)).hasMessageContaining("'../secret'");
    }

    @Test
    void whatIsNotComputedIsRefusedByName() throws IOException {
        refused(c -> c.put("hidden_act", "relu"), ErrorCode.MODEL_UNSUPPORTED, "hidden_act 'relu'");
        refused(
                c -> c.put("position_embedding_type", "relative_key"),
                ErrorCode.MODEL_UNSUPPORTED,
                "position_embedding_type 'relative_key'");
        refused(c -> c.put("is_decoder", true), ErrorCode.MODEL_UNSUPPORTED, "is_decoder");
        refused(c -> c.put("num_attention_heads", 5), ErrorCode.MODEL_FILE_CORRUPT, "no 5 equal heads");
        refused(
                c -> c.putArray("matryoshka_dimensions").add(64),
                ErrorCode.MODEL_FILE_CORRUPT,
                "matryoshka_dimensions");
    }

    @Test
    void otherArchitecturesAreRefusedWithTheListOfThoseThereAre() throws IOException {
        RandomEncoder encoder = small();
        encoder.config().putArray("architectures").add("MPNetModel");
        encoder.writeFolder(folder);
        assertThat(EncoderWeights.isEncoder(folder)).isFalse();
        assertThatThrownBy(() -> Models.open(folder))
                .hasMessageContaining("'MPNetModel'")
                .hasMessageContaining("BertModel");
    }

    @Test
    void severalLabelsAreRefused() throws IOException {
        RandomEncoder encoder = RandomEncoder.load("bert-score");
        encoder.config().putObject("id2label").put("0", "A").put("1", "B");
        encoder.writeFolder(folder);
        assertThatThrownBy(() -> EncoderWeights.open(folder)).hasMessageContaining("2 labels");
    }

    @Test
    void aLayerTooManyIsNoticed() throws IOException {
        RandomEncoder encoder = RandomEncoder.bert(32, 2, 48, 2, 20, 24);
        encoder.config().put("num_hidden_layers", 1);
        encoder.writeFolder(folder);
        try (EncoderWeights weights = EncoderWeights.open(folder);
                ThreadTeam team = new ThreadTeam(1)) {
            assertThatThrownBy(() -> EncoderModel.load(weights, team)).hasMessageContaining("'encoder.layer.1.");
        }
    }

    @Test
    void aMissingTensorAndAWrongShapeAreNamed() throws IOException {
        RandomEncoder encoder = small();
        encoder.config().put("num_hidden_layers", 2);
        encoder.writeFolder(folder);
        try (EncoderWeights weights = EncoderWeights.open(folder);
                ThreadTeam team = new ThreadTeam(1)) {
            assertThatThrownBy(() -> EncoderModel.load(weights, team))
                    .hasMessageContaining("has no tensor 'encoder.layer.1.");
        }
        encoder.config().put("num_hidden_layers", 1).put("intermediate_size", 64);
        encoder.writeFolder(folder);
        try (EncoderWeights weights = EncoderWeights.open(folder);
                ThreadTeam team = new ThreadTeam(1)) {
            assertThatThrownBy(() -> EncoderModel.load(weights, team)).hasMessageContaining("[48, 32]");
        }
    }

    @Test
    void matryoshkaIsReadFromTheConfiguration() throws IOException {
        RandomEncoder encoder = small();
        encoder.config().putArray("matryoshka_dimensions").add(8).add(16);
        EncoderConfig config = config(encoder);
        assertThat(config.cuttable()).isTrue();
        assertThat(config.cuts()).containsExactlyInAnyOrder(8, 16);
    }
}
