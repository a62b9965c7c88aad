package io.jynamo.router.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** All costs of a decision computed at once are those computed one by one, and the sum of what is explained of them. */
class BulkCostTest {
    static Stream<Arguments> models() {
        return Stream.of(
                        new TimeCost(),
                        new DynamoCost(DynamoWeights.DEFAULTS, DynamoCost.Pool.AGGREGATED, true),
                        new BookedWork())
                .flatMap(model -> Stream.of(
                        Arguments.of(model, 64, new int[] {0, 1, 2, 3}),
                        Arguments.of(model, 64, new int[] {0, 2, 3, 9}),
                        Arguments.of(model, 48, new int[] {0, 1, 2, 3}),
                        Arguments.of(model, 48, new int[] {1, 2, 3, 4})));
    }

    @ParameterizedTest
    @MethodSource("models")
    void areTheSame(CostModel model, int blockTokens, int[] workers) {
        SplittableRandom random = new SplittableRandom(9);
        for (int prompt : new int[] {1, 100, 8_191}) {
            Candidates candidates = new Candidates(prompt, blockTokens, 2);
            for (int worker : workers) {
                candidates.add(
                        worker,
                        random.nextInt(prompt / blockTokens + 1),
                        new Candidates.Booked(
                                random.nextInt(50_000), random.nextInt(900), random.nextInt(9), random.nextInt(30), 0));
                candidates.expect(worker, outlook(random));
            }
            CostModel.Decision decision = model.decide(candidates);
            model.costs(candidates, decision);
            for (int i = 0; i < workers.length; i++) {
                double one = model.cost(candidates, decision, i);
                assertThat(candidates.cost(i)).isPositive().isCloseTo(one, within(1e-9 * one));
                double[] sum = new double[1];
                model.explain(candidates, decision, i, (name, value) -> sum[0] += value);
                assertThat(sum[0]).isCloseTo(one, within(1e-9 * one));
            }
        }
    }

    /** Nothing in it is zero, so that no term can be left out unseen. */
    private static Outlook outlook(SplittableRandom random) {
        Outlook outlook = new Outlook();
        outlook.waitMillis = random.nextDouble(1, 300);
        outlook.prefillBase = random.nextDouble(1, 50);
        outlook.prefillPerToken = random.nextDouble(0.01, 1);
        outlook.fetchPerHostToken = random.nextDouble(0.01, 1);
        outlook.fetchPerFarToken = random.nextDouble(0.01, 1);
        outlook.waiting = random.nextDouble(1, 5);
        outlook.streams = random.nextInt(1, 50);
        outlook.contextTokens = random.nextInt(1, 90_000);
        outlook.stepPerToken = random.nextDouble(1e-6, 1e-4);
        outlook.outputTokens = random.nextDouble(1, 500);
        outlook.reuse = random.nextDouble(0.1, 1);
        outlook.followers = random.nextDouble(0.1, 3);
        outlook.returns = random.nextDouble(0.1, 9);
        outlook.usualWaitMillis = random.nextDouble(1, 90);
        return outlook;
    }
}
