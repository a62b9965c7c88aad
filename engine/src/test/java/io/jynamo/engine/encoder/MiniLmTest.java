package io.jynamo.engine.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.weights.EncoderWeights;
import io.jynamo.engine.weights.RandomEncoder;
import io.jynamo.engine.weights.RealModels;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.TokenIds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** all-MiniLM-L6-v2 against transformers: cosine at least 0.99999, no number further off than 1e-4. */
class MiniLmTest {
    @Test
    void vectorsAreThoseOfTransformers() {
        JsonNode golden = RandomEncoder.golden("all-minilm-l6-v2");
        List<Text> texts = new ArrayList<>();
        List<float[]> expected = new ArrayList<>();
        for (JsonNode one : golden.get("cases")) {
            int[] ids =
                    one.get("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
            texts.add(Text.of(TokenIds.of(ids)));
            expected.add(RandomEncoder.vector(one.get("vector")));
        }
        try (EncoderWeights weights = EncoderWeights.open(RealModels.require("all-minilm-l6-v2"));
                ThreadTeam team = new ThreadTeam(2)) {
            assertThat(weights.config().maxTokens()).isEqualTo(256);
            float[] all = new EncoderPass(EncoderModel.load(weights, team), team).run(texts);
            for (int i = 0; i < expected.size(); i++) {
                double product = 0;
                for (int k = 0; k < 384; k++) {
                    product += (double) all[i * 384 + k] * expected.get(i)[k];
                    assertThat(all[i * 384 + k]).as("text %s", i).isCloseTo(expected.get(i)[k], within(1e-4f));
                }
                assertThat(product).as("cosine of text %s", i).isGreaterThan(0.99999);
            }
        }
    }
}
