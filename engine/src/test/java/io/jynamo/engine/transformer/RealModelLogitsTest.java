package io.jynamo.engine.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.weights.ModelWeights;
import io.jynamo.engine.weights.Models;
import io.jynamo.engine.weights.RealModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The two real models against llama.cpp on dequantised weights: logits, log-probabilities of the prompt, greedy tokens. */
class RealModelLogitsTest {
    @Test
    void smollm2() throws IOException {
        check(RealModels.SMOLLM2, "smollm2-135m", 1e-3);
    }

    @Test
    void gemma3() throws IOException {
        check(RealModels.GEMMA3, "gemma3-270m", 1e-2);
    }

    private static void check(String file, String goldens, double error) throws IOException {
        Path reference = Path.of(System.getProperty("jynamo.root"), "..", "shared", "data", "goldens", goldens)
                .resolve("reference-f32.json");
        assumeTrue(Files.exists(reference), () -> "not run: there is no " + reference);
        JsonNode answers =
                new JsonMapper().readTree(Files.readString(reference)).get("answers");
        try (ModelWeights weights = Models.open(RealModels.require(file));
                ThreadTeam team = new ThreadTeam(2);
                Greedy greedy = new Greedy(TransformerModel.load(weights, team), 1024, 16, team)) {
            for (JsonNode answer : answers) {
                check(greedy, answer, error);
            }
        }
    }

    private static void check(Greedy greedy, JsonNode answer, double error) {
        int[] prompt = ints(answer.get("prompt_ids"));
        int[] expected = ints(answer.get("ids"));
        String name = answer.get("name").stringValue();
        // Rows of a few hundred thousand logits add up: ask for those of a short prompt's tokens only.
        int rows = Math.min(prompt.length, 64);
        greedy.feed(prompt, 0, rows);
        for (int i = 1; i < rows; i++) {
            int token = prompt.length - rows + i;
            assertThat(logProbability(greedy.logits.row(i - 1), prompt[token]))
                    .as("%s: log-probability of prompt token %s", name, token)
                    .isCloseTo(answer.get("prompt_logprobs").get(token - 1).doubleValue(), offset(error));
        }
        float[] row = greedy.logits.row(rows - 1).clone();
        JsonNode first = answer.get("first_step");
        for (String list : new String[] {"top10", "probe"}) {
            for (JsonNode pair : first.get(list)) {
                assertThat((double) row[pair.get(0).intValue()])
                        .as("%s: logit %s", name, pair.get(0))
                        .isCloseTo(pair.get(1).doubleValue(), offset(error));
            }
        }
        for (int i = 0; i < expected.length; i++) {
            if (answer.get("margins").get(i).doubleValue() > error) {
                assertThat(Greedy.best(row)).as("%s: token %s", name, i).isEqualTo(expected[i]);
            }
            row = greedy.next(expected[i], prompt.length + i);
        }
    }

    private static double logProbability(float[] row, int token) {
        double max = row[Greedy.best(row)];
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp(logit - max);
        }
        return row[token] - max - Math.log(sum);
    }

    private static int[] ints(JsonNode node) {
        int[] out = new int[node.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = node.get(i).intValue();
        }
        return out;
    }
}
