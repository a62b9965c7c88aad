package io.jynamo.engine.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.weights.EncoderWeights;
import io.jynamo.engine.weights.RandomEncoder;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forward pass against transformers' numbers, against the textbook, and against itself in other batches. */
class EncoderPassTest {
    @TempDir
    Path folder;

    private static EncoderPass pass(Path files, ThreadTeam team) {
        try (EncoderWeights weights = EncoderWeights.open(files)) {
            return new EncoderPass(EncoderModel.load(weights, team), team);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bert,cls_token,cls",
        "bert,mean_tokens,mean",
        "bert,lasttoken,last",
        "roberta,mean_tokens,mean",
        "xlm-roberta,cls_token,cls"
    })
    void vectorsAreThoseOfTransformers(String name, String mode, String pooling) throws IOException {
        RandomEncoder encoder = RandomEncoder.load(name);
        try (ThreadTeam team = new ThreadTeam(2)) {
            EncoderPass pass = pass(encoder.writeFolder(folder, mode), team);
            List<Text> texts = texts(encoder);
            float[] all = pass.run(texts);
            for (int i = 0; i < texts.size(); i++) {
                float[] expected = encoder.cases().get(i).expected(pooling);
                for (int k = 0; k < expected.length; k++) {
                    assertThat(all[i * pass.width() + k])
                            .as("%s, text %s, number %s", name, i, k)
                            .isCloseTo(expected[k], within(2e-5f));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"bert-score", "xlm-roberta-score"})
    void scoresAreThoseOfTransformers(String name) throws IOException {
        RandomEncoder encoder = RandomEncoder.load(name);
        try (ThreadTeam team = new ThreadTeam(2)) {
            EncoderPass pass = pass(encoder.writeFolder(folder), team);
            float[] all = pass.run(texts(encoder));
            assertThat(pass.width()).isEqualTo(1);
            for (int i = 0; i < all.length; i++) {
                double logit = encoder.cases().get(i).expected("logit")[0];
                assertThat((double) all[i]).as("text %s", i).isCloseTo(1 / (1 + Math.exp(-logit)), within(1e-5));
            }
            encoder.config()
                    .putObject("sentence_transformers")
                    .put("activation_fn", "torch.nn.modules.linear.Identity");
            float[] raw = pass(encoder.writeFolder(folder.resolve("raw")), team).run(texts(encoder));
            assertThat(raw[0]).isCloseTo(encoder.cases().getFirst().expected("logit")[0], within(2e-5f));
        }
    }

    private static List<Text> texts(RandomEncoder encoder) {
        return encoder.cases().stream()
                .map(one -> new Text(TokenIds.of(one.ids()), one.second(), null))
                .toList();
    }

    /** Widths and heads that fill no vectors, strips or groups. */
    @ParameterizedTest
    @CsvSource({"32,1,32,1", "36,3,50,2", "40,5,33,1", "64,2,200,1", "24,6,7,2"})
    void anyShapeGivesTheTextbooksNumbers(int hidden, int heads, int ffn, int layers) throws IOException {
        RandomEncoder encoder = RandomEncoder.bert(hidden, heads, ffn, layers, 30, 40);
        NaiveEncoder naive = new NaiveEncoder(encoder);
        Random random = new Random(hidden);
        try (ThreadTeam team = new ThreadTeam(2)) {
            EncoderPass pass = pass(encoder.writeFolder(folder), team);
            List<Text> texts = new ArrayList<>();
            for (int length : new int[] {1, 2, 5, 16, 19, 40}) {
                texts.add(random(random, length));
            }
            float[] all = pass.run(texts);
            for (int i = 0; i < texts.size(); i++) {
                double[] expected = naive.embed(
                        texts.get(i).tokens().toArray(), texts.get(i).secondAt());
                for (int k = 0; k < hidden; k++) {
                    assertThat((double) all[i * hidden + k]).isCloseTo(expected[k], within(1e-5));
                }
            }
        }
    }

    @Test
    void aTextsBitsDependOnItsOwnTokensAlone() throws IOException {
        RandomEncoder encoder = RandomEncoder.bert(48, 3, 100, 2, 30, 40);
        Random random = new Random(5);
        List<Text> texts = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            texts.add(random(random, random.nextInt(1, 41)));
        }
        encoder.writeFolder(folder);
        try (ThreadTeam one = new ThreadTeam(1);
                ThreadTeam three = new ThreadTeam(3)) {
            EncoderPass alone = pass(folder, one);
            float[] together = pass(folder, three).run(texts);
            for (int i = 0; i < texts.size(); i++) {
                assertThat(Arrays.copyOfRange(together, i * 48, (i + 1) * 48))
                        .isEqualTo(alone.run(List.of(texts.get(i))));
            }
        }
    }

    private static Text random(Random random, int length) {
        int[] ids = random.ints(length, 0, 30).toArray();
        return new Text(TokenIds.of(ids), random.nextInt(1, length + 1), null);
    }
}
