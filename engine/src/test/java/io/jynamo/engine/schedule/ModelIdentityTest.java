package io.jynamo.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.transformer.TransformerModel;
import io.jynamo.engine.transformer.TransformerRunner;
import io.jynamo.engine.weights.ModelWeights;
import io.jynamo.engine.weights.Models;
import io.jynamo.engine.weights.RandomModel;
import io.jynamo.engine.weights.RealModels;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real forward passes say the same however requests are batched, cut, cached, forked and preempted. */
class ModelIdentityTest {
    private static final int BLOCK = 8;
    private static final int MODEL_LEN = 128;
    /** One request after the other, with room for its choices. */
    private static final int ALONE = 3;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama3-F32", "qwen2-sliding-F32", "gemma3-BF16", "qwen3-F16"})
    void randomWeights(String name) throws IOException {
        check(RandomModel.load(name).writeFolder(folder), 8, 20);
    }

    @ParameterizedTest
    @Tag("long")
    @MethodSource("io.jynamo.engine.weights.RandomModel#quantised")
    void randomQuantisedWeights(String name) throws IOException {
        check(RandomModel.load(name).writeGguf(folder.resolve("m.gguf")), 12, 40);
    }

    @Test
    void smolLm2() {
        check(RealModels.require(RealModels.SMOLLM2), 5, 12);
    }

    @Test
    @Tag("long")
    void smolLm2ForLong() {
        check(RealModels.require(RealModels.SMOLLM2), 12, 32);
    }

    @Test
    @Tag("long")
    void gemma3() {
        check(RealModels.require(RealModels.GEMMA3), 6, 16);
    }

    private static void check(Path files, int requests, int output) {
        try (ModelWeights weights = Models.open(files);
                ThreadTeam team = new ThreadTeam(2)) {
            TransformerModel model = TransformerModel.load(weights, team);
            int ample = 20 * MODEL_LEN / BLOCK;
            Map<String, List<Integer>> alone =
                    run(model, team, requests, output, limits(model, ALONE, 512, 512, false), ample);
            assertThat(alone).hasSizeGreaterThan(requests);
            assertThat(run(model, team, requests, output, limits(model, ALONE, 512, 512, true), ample))
                    .as("prefix reuse on")
                    .isEqualTo(alone);
            assertThat(run(model, team, requests, output, limits(model, 16, 512, 512, false), ample))
                    .as("batch of 16")
                    .isEqualTo(alone);
            assertThat(run(model, team, requests, output, limits(model, 16, 32, 5, true), ample))
                    .as("chunks of 5")
                    .isEqualTo(alone);
            assertThat(run(model, team, requests, output, limits(model, 16, 64, 16, true), MODEL_LEN / BLOCK))
                    .as("preempted")
                    .isEqualTo(alone);
        }
    }

    private static Map<String, List<Integer>> run(
            TransformerModel model, ThreadTeam team, int requests, int output, SchedulerOptions limits, int blocks) {
        try (TransformerRunner runner = new TransformerRunner(model, blocks, BLOCK, BlockSpace.ElementType.F32, team)) {
            CoreDriver driver = new CoreDriver(limits, runner, BLOCK);
            Random random = new Random(5);
            for (int i = 0; i < requests; i++) {
                driver.submit(request(i, random, output, model.config().vocabularySize(), limits.maxSequences()), i);
                if (limits.maxSequences() == ALONE) {
                    driver.finish();
                } else if (i % 3 == 2) {
                    driver.step();
                }
            }
            driver.finish();
            if (blocks * BLOCK == MODEL_LEN) {
                assertThat(driver.core.preemptions()).isPositive();
            }
            Map<String, List<Integer>> said = new TreeMap<>();
            driver.outputs.forEach((id, out) -> {
                assertThat(out.end().failure()).isNull();
                out.tokens.forEach((choice, tokens) -> said.put(id + "/" + choice, tokens));
            });
            return said;
        }
    }

    private static GenerationRequest request(int i, Random random, int output, int vocabulary, int maxChoices) {
        int[] prompt = new int[20 + random.nextInt(40)];
        for (int at = 0; at < prompt.length; at++) {
            prompt[at] = at < 18 ? 3 + at * 5 % (vocabulary - 3) : random.nextInt(vocabulary);
        }
        Sampling sampling =
                i % 2 == 0 ? Sampling.GREEDY : new Sampling(0.8f, 0.9f, 40, 0f, 1.1f, 0f, 0f, Map.of(), null);
        return new GenerationRequest(
                new RequestId("r" + i),
                TokenIds.of(prompt),
                sampling,
                new Stopping(output, 0, Set.of(), true),
                CacheScope.SHARED,
                i == 1 ? Math.min(3, maxChoices) : 1,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                0,
                Duration.ofHours(1),
                GenerationRequest.UNLIMITED_CREDIT);
    }

    private static SchedulerOptions limits(
            TransformerModel model, int sequences, int tokens, int chunk, boolean reuse) {
        return new SchedulerOptions(
                model.config().vocabularySize(),
                model.config().eosTokenIds(),
                MODEL_LEN,
                sequences,
                tokens,
                chunk,
                Duration.ZERO,
                1_000,
                Duration.ofSeconds(1),
                8,
                reuse);
    }
}
