package io.jynamo.engine.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.step.Logits;
import io.jynamo.engine.step.Step;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.weights.ModelWeights;
import io.jynamo.engine.weights.Models;
import io.jynamo.engine.weights.RandomModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sequence's logits have the same bits whatever shares its steps, however its prompt is cut, and however long blocks are. */
class StepIndependenceTest {
    private static final int LENGTH = 300;

    @TempDir
    Path folder;

    private static int[] tokens(long seed, int vocabulary) {
        return new Random(seed).ints(LENGTH, 0, vocabulary).toArray();
    }

    /** The logits after every token, computed one token at a time. */
    private static float[][] oneByOne(TransformerModel model, ThreadTeam team, int[] tokens) {
        float[][] rows = new float[tokens.length][];
        try (Greedy greedy = new Greedy(model, LENGTH, 16, team)) {
            for (int i = 0; i < tokens.length; i++) {
                rows[i] = greedy.next(tokens[i], i);
            }
        }
        return rows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma3-F32", "mistral-F16", "qwen2-sliding-BF16", "qwen3-F32", "llama-wide-Q4_K"})
    void bitsDoNotDependOnTheStep(String name) throws IOException {
        RandomModel golden = RandomModel.load(name);
        try (ModelWeights weights = Models.open(golden.writeGguf(folder.resolve("model.gguf")));
                ThreadTeam team = new ThreadTeam(3)) {
            TransformerModel model = TransformerModel.load(weights, team);
            int[] tokens = tokens(1, model.config().vocabularySize());
            float[][] expected = oneByOne(model, team, tokens);
            for (int chunk : new int[] {LENGTH, 150, 17, 3}) {
                for (int blockTokens : new int[] {16, 5, 64}) {
                    try (Greedy greedy = new Greedy(model, LENGTH, blockTokens, team)) {
                        assertThat(greedy.prompt(tokens, chunk))
                                .as("chunks of %s, blocks of %s", chunk, blockTokens)
                                .containsExactly(expected[LENGTH - 1]);
                    }
                }
            }
            crowd(model, team, tokens, expected);
        }
    }

    /** Sixteen sequences in one step, each at another place, some decoding and some in their prompt. */
    private static void crowd(TransformerModel model, ThreadTeam team, int[] tokens, float[][] expected) {
        int count = 16;
        int perSequence = 20;
        try (TransformerRunner runner =
                new TransformerRunner(model, count * perSequence, 16, BlockSpace.ElementType.F32, team)) {
            Logits logits = new Logits(runner.vocabularySize());
            List<Step.Slice> prompts = new ArrayList<>();
            List<Step.Slice> mixed = new ArrayList<>();
            for (int s = 0; s < count; s++) {
                int first = s * perSequence;
                int[] blocks = IntStream.range(first, first + perSequence).toArray();
                int[] mine = s % 2 == 0 ? tokens : tokens(s, model.config().vocabularySize());
                int prompt = 30 + 17 * s;
                prompts.add(new Step.Slice(Arrays.copyOf(mine, prompt), 0, blocks, 1));
                int length = s % 4 == 0 ? 9 : 1;
                mixed.add(new Step.Slice(Arrays.copyOfRange(mine, prompt, prompt + length), prompt, blocks, length));
            }
            runner.run(new Step(prompts), logits);
            for (int s = 0; s < count; s += 2) {
                assertThat(logits.row(s)).containsExactly(expected[29 + 17 * s]);
            }
            runner.run(new Step(mixed), logits);
            int row = 0;
            for (int s = 0; s < count; s++) {
                for (int i = 0; i < mixed.get(s).logitsRows(); i++) {
                    if (s % 2 == 0) {
                        assertThat(logits.row(row)).as("sequence %s", s).containsExactly(expected[30 + 17 * s + i]);
                    }
                    row++;
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"F32", "F16", "BF16"})
    void aCopiedBlockIsTheSameBlock(String type) throws IOException {
        RandomModel golden = RandomModel.load("llama3-F32");
        try (ModelWeights weights = Models.open(golden.writeFolder(folder.resolve("model")));
                ThreadTeam team = new ThreadTeam(2)) {
            TransformerModel model = TransformerModel.load(weights, team);
            int[] tokens = tokens(5, model.config().vocabularySize());
            try (TransformerRunner runner =
                    new TransformerRunner(model, 4, 16, BlockSpace.ElementType.valueOf(type), team)) {
                Logits logits = new Logits(runner.vocabularySize());
                runner.run(
                        new Step(List.of(new Step.Slice(Arrays.copyOf(tokens, 26), 0, new int[] {0, 1}, 1))), logits);
                runner.copyBlock(1, 3, 10);
                int[] next = {tokens[26]};
                runner.run(new Step(List.of(new Step.Slice(next, 26, new int[] {0, 1}, 1))), logits);
                float[] expected = logits.row(0).clone();
                runner.run(new Step(List.of(new Step.Slice(next, 26, new int[] {0, 3}, 1))), logits);
                assertThat(logits.row(0)).containsExactly(expected);
            }
        }
    }
}
