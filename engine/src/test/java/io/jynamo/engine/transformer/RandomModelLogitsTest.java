package io.jynamo.engine.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.weights.ModelWeights;
import io.jynamo.engine.weights.Models;
import io.jynamo.engine.weights.RandomModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every family in every dtype, from both file formats, against Hugging Face transformers: logits within {@link #ERROR} of
 * the largest, 256 greedy tokens equal.
 */
class RandomModelLogitsTest {
    /** Relative to the largest logit; the oracle differs from itself by as much, with and without a KV cache. */
    private static final double ERROR = 1e-4;

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("io.jynamo.engine.weights.RandomModel#unquantised")
    void foldersGiveTheOraclesTokens(String name) throws IOException {
        RandomModel golden = RandomModel.load(name);
        check(golden, golden.writeFolder(folder.resolve("model")));
    }

    @ParameterizedTest
    @MethodSource("io.jynamo.engine.weights.RandomModel#unquantised")
    void ggufFilesGiveTheOraclesTokens(String name) throws IOException {
        RandomModel golden = RandomModel.load(name);
        check(golden, golden.writeGguf(folder.resolve("model.gguf")));
    }

    @ParameterizedTest
    @MethodSource("io.jynamo.engine.weights.RandomModel#quantised")
    void quantisedFilesGiveTheOraclesTokens(String name) throws IOException {
        RandomModel golden = RandomModel.load(name);
        check(golden, golden.writeGguf(folder.resolve("model.gguf")));
    }

    private static void check(RandomModel golden, Path path) throws IOException {
        int[] prompt = golden.prompt();
        int[] expected = golden.greedyTokens();
        try (ModelWeights weights = Models.open(path);
                ThreadTeam team = new ThreadTeam(2);
                Greedy greedy =
                        new Greedy(TransformerModel.load(weights, team), prompt.length + expected.length, 16, team)) {
            float[] row = greedy.prompt(prompt, prompt.length);
            assertClose(row, golden.firstLogits());
            int[] tokens = new int[expected.length];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = Greedy.best(row);
                if (i + 1 < tokens.length) {
                    row = greedy.next(tokens[i], prompt.length + i);
                }
            }
            assertThat(tokens).containsExactly(expected);
            assertClose(row, golden.lastLogits());
        }
    }

    private static void assertClose(float[] row, float[] expected) {
        double largest = 0;
        for (float logit : expected) {
            largest = Math.max(largest, Math.abs(logit));
        }
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            worst = Math.max(worst, Math.abs((double) row[i] - expected[i]));
        }
        assertThat(worst / largest).isLessThan(ERROR);
    }
}
