package io.jynamo.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.weights.ModelConfig.RopeLayout;
import io.jynamo.engine.weights.ModelConfig.RopeScaling;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The readers agree with files of every family and dtype, in both formats; the forward pass's tests hold the numbers to the goldens. */
class RandomModelTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("io.jynamo.engine.weights.RandomModel#unquantised")
    void bothFormatsHoldTheSameModel(String name) throws IOException {
        RandomModel model = RandomModel.load(name);
        try (ModelWeights one = Models.open(model.writeFolder(folder.resolve("one")));
                ModelWeights sharded = Models.open(model.writeFolder(folder.resolve("sharded"), 3));
                ModelWeights gguf = Models.open(model.writeGguf(folder.resolve("m.gguf")))) {
            assertThat(sharded.config()).isEqualTo(one.config());
            assertThat(sharded.sizeBytes()).isEqualTo(one.sizeBytes());
            assertSameShape(one.config(), gguf.config());
            for (TensorRole role : TensorRole.values()) {
                int layers = TensorShape.isPerLayer(role) ? one.config().layers() : 1;
                for (int layer = 0; layer < layers; layer++) {
                    assertThat(sharded.find(role, layer).isPresent())
                            .isEqualTo(one.find(role, layer).isPresent());
                    if (role != TensorRole.ROPE_FACTORS) {
                        assertThat(gguf.find(role, layer).isPresent())
                                .as("%s %s", role, layer)
                                .isEqualTo(one.find(role, layer).isPresent());
                    }
                }
            }
            assertThat(gguf.require(TensorRole.FFN_DOWN, 1).data().toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(one.require(TensorRole.FFN_DOWN, 1).data().toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private static void assertSameShape(ModelConfig folder, ModelConfig gguf) {
        assertThat(new int[] {
                    gguf.layers(),
                    gguf.hiddenSize(),
                    gguf.ffnSize(),
                    gguf.heads(),
                    gguf.kvHeads(),
                    gguf.headSize(),
                    gguf.vocabularySize(),
                    gguf.contextLength(),
                    gguf.slidingWindow()
                })
                .containsExactly(
                        folder.layers(),
                        folder.hiddenSize(),
                        folder.ffnSize(),
                        folder.heads(),
                        folder.kvHeads(),
                        folder.headSize(),
                        folder.vocabularySize(),
                        folder.contextLength(),
                        folder.slidingWindow());
        assertThat(gguf.slidingLayers()).isEqualTo(folder.slidingLayers());
        assertThat(gguf.eosTokenIds()).isEqualTo(folder.eosTokenIds());
        assertThat(gguf.bosTokenId()).isEqualTo(folder.bosTokenId());
        assertThat(gguf.activation()).isEqualTo(folder.activation());
        assertThat(gguf.normEpsilon()).isEqualTo(folder.normEpsilon());
        assertThat(gguf.attentionScale()).isEqualTo(folder.attentionScale());
        assertThat(gguf.embeddingScale()).isEqualTo(folder.embeddingScale());
        assertThat(gguf.localRope().base()).isEqualTo(folder.localRope().base());
        if (folder.rope().scaling() instanceof RopeScaling.Llama3) {
            assertThat(gguf.rope().scaling()).isEqualTo(new RopeScaling.Factors());
        } else {
            assertThat(gguf.rope()).isEqualTo(folder.rope());
        }
    }

    @Test
    void eachFamilyIsDescribedAsItIs() throws IOException {
        assertThat(config("llama3-F32").rope().scaling()).isEqualTo(new RopeScaling.Llama3(8, 1, 4, 64));
        assertThat(config("llama3-F32").ropeLayout()).isEqualTo(RopeLayout.HALVES);
        assertThat(config("mistral-F32").slidingLayers()).containsExactly(true, true, true);
        assertThat(config("qwen2-F32").slidingWindow()).isZero();
        assertThat(config("qwen2-sliding-F32").slidingLayers()).containsExactly(false, true, true);
        assertThat(config("gemma3-F32").slidingLayers()).containsExactly(true, true, true, true, true, false, true);
        assertThat(config("gemma3-F32").normOffset()).isEqualTo(1);
        assertThat(config("gemma3-F32").rope()).isEqualTo(new ModelConfig.Rope(1e6f, new RopeScaling.Linear(2)));
        assertThat(config("gemma3-F32").localRope()).isEqualTo(new ModelConfig.Rope(1e4f, new RopeScaling.None()));
    }

    private ModelConfig config(String name) throws IOException {
        try (ModelWeights weights = Models.open(RandomModel.load(name).writeFolder(folder.resolve(name)))) {
            return weights.config();
        }
    }

    @ParameterizedTest
    @MethodSource("io.jynamo.engine.weights.RandomModel#quantised")
    void quantisedFilesOpen(String name) throws IOException {
        RandomModel model = RandomModel.load(name);
        try (ModelWeights weights = Models.open(model.writeGguf(folder.resolve("m.gguf")))) {
            assertThat(weights.require(TensorRole.QUERY, 1).type().name())
                    .isEqualTo(name.substring("llama-wide-".length()));
            assertThat(weights.config().ropeLayout()).isEqualTo(RopeLayout.INTERLEAVED);
        }
    }

    @ParameterizedTest
    @MethodSource
    void weightsAreTheScripts(String name) throws NoSuchAlgorithmException {
        RandomModel model = RandomModel.load(name);
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        model.tensors().forEach(t -> sha.update(t.bytes(model.seed())));
        assertThat(HexFormat.of().formatHex(sha.digest())).isEqualTo(model.weightsSha256());
    }

    static List<String> weightsAreTheScripts() {
        return Stream.concat(RandomModel.unquantised().stream(), RandomModel.quantised().stream())
                .toList();
    }
}
