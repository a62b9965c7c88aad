package io.jynamo.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.engine.schedule.SampleOf;
import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.TokenLogprobs;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    private static final int[] NO_IDS = {};

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 17, 97, 1_000, 1_024, 3_001, 20_000})
    void drawsWhatTheNaiveTwinDraws(int vocabulary) {
        Random random = new Random(vocabulary);
        Sampler sampler = new Sampler(vocabulary);
        for (int i = 0; i < (vocabulary > 5_000 ? 60 : 400); i++) {
            float[] row = row(random, vocabulary);
            float[] before = row.clone();
            StepPlan.Draw draw = draw(random, vocabulary);
            SampleOf sample = new SampleOf(sampler, draw, row);
            assertThat(sample.token()).as("%s", draw).isEqualTo(NaiveSampler.draw(row, draw));
            assertThat(row).as("edits are taken back").isEqualTo(before);
        }
    }

    @Test
    void drawsInProportion() {
        float[] row = {1f, 0f, -1f, 2f, 0.5f, -3f, 1.5f, -0.5f};
        double[] expected = new double[row.length];
        double total = 0;
        for (float x : row) {
            total += Math.exp(x / 0.8);
        }
        Sampler sampler = new Sampler(row.length);
        int draws = 200_000;
        int[] counts = new int[row.length];
        Sampling sampling = new Sampling(0.8f, 1f, 0, 0f, 1f, 0f, 0f, Map.of(), null);
        for (int i = 0; i < draws; i++) {
            counts[new SampleOf(sampler, plain(sampling, 12345, 0, i), row).token()]++;
        }
        double chiSquare = 0;
        for (int i = 0; i < row.length; i++) {
            expected[i] = draws * Math.exp(row[i] / 0.8) / total;
            chiSquare += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
        }
        assertThat(chiSquare).isLessThan(24.3); // 7 degrees of freedom, one in a thousand
    }

    @Test
    void numbersOfNeighbouringSeedsChoicesAndPositionsAreIndependent() {
        int[][] counts = new int[10][10];
        double sum = 0;
        for (int seed = 0; seed < 100; seed++) {
            for (int choice = 0; choice < 10; choice++) {
                for (int position = 0; position < 100; position++) {
                    double here = RandomDraw.uniform(seed, choice, position);
                    double next = RandomDraw.uniform(seed, choice + 1, position);
                    sum += here;
                    counts[(int) (here * 10)][(int) (next * 10)]++;
                }
            }
        }
        assertThat(sum / 100_000).isCloseTo(0.5, within(0.005));
        double chiSquare = 0;
        for (int[] line : counts) {
            for (int count : line) {
                chiSquare += (count - 1_000.0) * (count - 1_000.0) / 1_000;
            }
        }
        assertThat(chiSquare).isLessThan(149); // 99 degrees of freedom, one in a thousand
    }

    @Test
    void sameSeedSameToken() {
        Random random = new Random(3);
        float[] row = row(random, 500);
        Sampling sampling = new Sampling(1f, 0.9f, 0, 0f, 1f, 0f, 0f, Map.of(), 7L);
        int token = new SampleOf(new Sampler(500), plain(sampling, 7, 2, 5), row).token();
        Sampler busy = new Sampler(500);
        for (int i = 0; i < 50; i++) {
            new SampleOf(busy, draw(random, 500), row(random, 500)).token();
        }
        assertThat(new SampleOf(busy, plain(sampling, 7, 2, 5), row).token()).isEqualTo(token);
    }

    @Test
    void reportsLogprobsOfTheRawLogits() {
        Random random = new Random(11);
        for (int vocabulary : new int[] {3, 50, 5_000}) {
            float[] row = row(random, vocabulary);
            Map<Integer, Float> bias = new HashMap<>();
            bias.put(1, 50f);
            StepPlan.Draw draw = new StepPlan.Draw(
                    new RequestId("a"),
                    0,
                    0,
                    0,
                    new Sampling(0.5f, 1f, 0, 0f, 1.3f, 0f, 0f, bias, null),
                    1,
                    new int[] {0, 2},
                    1,
                    2,
                    NO_IDS,
                    5);
            TokenLogprobs told = new SampleOf(new Sampler(vocabulary), draw, row).logprobs();
            assertThat(told.token()).isEqualTo(1);
            double total = 0;
            for (float x : row) {
                total += Math.exp(x);
            }
            assertThat(told.logprob()).isCloseTo((float) (row[1] - Math.log(total)), within(1e-4f));
            assertThat(told.topTokens()).hasSize(Math.min(5, vocabulary));
            for (int i = 0; i < told.topTokens().length; i++) {
                assertThat(told.topLogprobs()[i])
                        .isCloseTo((float) (row[told.topTokens()[i]] - Math.log(total)), within(1e-4f));
                assertThat(i == 0 || told.topLogprobs()[i - 1] >= told.topLogprobs()[i])
                        .isTrue();
            }
            float best = Float.NEGATIVE_INFINITY;
            for (float x : row) {
                best = Math.max(best, x);
            }
            assertThat(row[told.topTokens()[0]]).isEqualTo(best);
        }
    }

    @Test
    void numbersThatAreNoneFailTheRequest() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int at : new int[] {0, 63, 64, 99}) {
                float[] row = row(new Random(1), 100);
                row[at] = bad;
                SampleOf sample = new SampleOf(new Sampler(100), plain(Sampling.GREEDY, 1, 0, 4), row);
                assertThat(sample.fault()).contains("token " + at).contains(Float.toString(bad));
            }
        }
    }

    @Test
    void nothingLeftToDrawFailsTheRequest() {
        StepPlan.Draw draw = new StepPlan.Draw(
                new RequestId("a"), 0, 0, 0, Sampling.GREEDY, 1, new int[] {0}, 1, 1, new int[] {0, 1, 2}, -1);
        assertThat(new SampleOf(new Sampler(3), draw, new float[] {1, 2, 3}).fault())
                .contains("leave no token");
    }

    @Test
    void aTinyTemperatureIsGreedy() {
        float[] row = row(new Random(5), 300);
        int greedy = new SampleOf(new Sampler(300), plain(Sampling.GREEDY, 1, 0, 0), row).token();
        for (float temperature : new float[] {1e-3f, 1e-20f, 1e-40f, Float.MIN_VALUE}) {
            Sampling sampling = new Sampling(temperature, 0.99f, 0, 0f, 1f, 0f, 0f, Map.of(), null);
            assertThat(new SampleOf(new Sampler(300), plain(sampling, 1, 0, 0), row).token())
                    .isEqualTo(greedy);
        }
    }

    private static float[] row(Random random, int vocabulary) {
        float[] row = new float[vocabulary];
        float spread = random.nextInt(3) == 0 ? 0.3f : 1f + 6 * random.nextFloat();
        for (int i = 0; i < vocabulary; i++) {
            row[i] = (float) random.nextGaussian() * spread;
        }
        return row;
    }

    private static StepPlan.Draw draw(Random random, int vocabulary) {
        int prompt = 1 + random.nextInt(20);
        int[] tokens = new int[prompt + random.nextInt(20)];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = random.nextInt(vocabulary);
        }
        boolean penalised = random.nextInt(3) == 0;
        Sampling sampling = new Sampling(
                random.nextInt(5) == 0 ? 0f : 0.2f + random.nextFloat() * 1.5f,
                random.nextBoolean() ? 1f : 0.05f + 0.9f * random.nextFloat(),
                random.nextBoolean() ? 0 : 1 + random.nextInt(60),
                random.nextInt(3) == 0 ? random.nextFloat() * 0.5f : 0f,
                penalised ? 0.7f + random.nextFloat() : 1f,
                penalised ? random.nextFloat() * 2 - 1 : 0f,
                penalised ? random.nextFloat() : 0f,
                random.nextInt(4) == 0 ? Map.of(random.nextInt(vocabulary), random.nextFloat() * 10 - 5) : Map.of(),
                null);
        int[] masked = vocabulary > 2 && random.nextInt(4) == 0 ? new int[] {random.nextInt(vocabulary)} : NO_IDS;
        return new StepPlan.Draw(
                new RequestId("a"),
                random.nextInt(3),
                0,
                0,
                sampling,
                random.nextLong(),
                tokens,
                prompt,
                tokens.length,
                masked,
                GenerationRequest.NO_LOGPROBS);
    }

    private static StepPlan.Draw plain(Sampling sampling, long seed, int choice, int position) {
        return new StepPlan.Draw(
                new RequestId("a"),
                choice,
                0,
                0,
                sampling,
                seed,
                NO_IDS,
                0,
                position,
                NO_IDS,
                GenerationRequest.NO_LOGPROBS);
    }
}
