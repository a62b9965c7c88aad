package io.jynamo.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.weights.ModelConfig.Activation;
import io.jynamo.engine.weights.ModelConfig.Rope;
import io.jynamo.engine.weights.ModelConfig.RopeLayout;
import io.jynamo.engine.weights.ModelConfig.RopeScaling;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class GgufWeightsRealModelTest {
    @Test
    void readsSmolLm2() {
        try (GgufWeights weights = GgufWeights.open(RealModels.require(RealModels.SMOLLM2))) {
            ModelConfig c = weights.config();
            assertThat(c.architecture()).isEqualTo("llama");
            assertThat(new int[] {c.layers(), c.hiddenSize(), c.ffnSize(), c.heads(), c.kvHeads(), c.headSize()})
                    .containsExactly(30, 576, 1536, 9, 3, 64);
            assertThat(c.vocabularySize()).isEqualTo(49152);
            assertThat(c.contextLength()).isEqualTo(8192);
            assertThat(c.normEpsilon()).isEqualTo(1e-5f);
            assertThat(c.attentionScale()).isEqualTo(0.125f);
            assertThat(c.ropeLayout()).isEqualTo(RopeLayout.INTERLEAVED);
            assertThat(c.rope()).isEqualTo(new Rope(100_000, new RopeScaling.None()));
            assertThat(c.eosTokenIds()).containsExactlyInAnyOrder(0, 2);
            assertThat(c.bosTokenId()).isEqualTo(1);
            assertThat(c.slidingLayers()).isEqualTo(Collections.nCopies(30, false));
            assertThat(weights.require(TensorRole.QUERY, 29).type()).isEqualTo(TensorType.Q4_1);
            assertThat(weights.require(TensorRole.TOKEN_EMBEDDING, 0).type()).isEqualTo(TensorType.Q8_0);
            assertThat(weights.find(TensorRole.OUTPUT, 0)).isEmpty();
            assertThat((String[]) weights.metadata().get("tokenizer.ggml.tokens"))
                    .hasSize(49152);
        }
    }

    @Test
    void readsGemma3() {
        try (GgufWeights weights = GgufWeights.open(RealModels.require(RealModels.GEMMA3))) {
            ModelConfig c = weights.config();
            assertThat(new int[] {c.layers(), c.hiddenSize(), c.ffnSize(), c.heads(), c.kvHeads(), c.headSize()})
                    .containsExactly(18, 640, 2048, 4, 1, 256);
            assertThat(c.attentionScale()).isEqualTo(1 / 16f);
            assertThat(c.embeddingScale()).isEqualTo((float) Math.sqrt(640));
            assertThat(c.normOffset()).isZero();
            assertThat(c.activation()).isEqualTo(Activation.GELU_TANH);
            assertThat(c.ropeLayout()).isEqualTo(RopeLayout.HALVES);
            assertThat(c.rope().base()).isEqualTo(1e6f);
            assertThat(c.localRope()).isEqualTo(new Rope(10_000, new RopeScaling.None()));
            assertThat(c.slidingWindow()).isEqualTo(512);
            assertThat(c.slidingLayers().subList(0, 7)).containsExactly(true, true, true, true, true, false, true);
            assertThat(c.eosTokenIds()).containsExactlyInAnyOrder(1, 106);
            assertThat(weights.require(TensorRole.FFN_DOWN, 0).type()).isEqualTo(TensorType.Q6_K);
            assertThat(weights.require(TensorRole.POST_FFN_NORM, 17).columns()).isEqualTo(640);
        }
    }
}
