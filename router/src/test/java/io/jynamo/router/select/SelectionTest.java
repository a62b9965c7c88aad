package io.jynamo.router.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.router.select.Candidates.Booked;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final CostModel.Decision PLAIN = CostModel.Decision.PLAIN;

    /** Two ranks of the vector {@code defaults} of Dynamo's own policy; {@link DynamoCostGoldenTest} has the rest. */
    @Test
    void costsWhatDynamoCosts() {
        Candidates candidates = new Candidates(64, 16, 3);
        candidates.add(2, 0, new Booked(0, 1, 0, 0, -1));
        candidates.add(3, 2, new Booked(64, 0, 0, 2, -1));
        DynamoCost cost = new DynamoCost();
        assertThat(cost.cost(candidates, PLAIN, 0)).isEqualTo(9);
        assertThat(cost.cost(candidates, PLAIN, 1)).isEqualTo(10);
    }

    @Test
    void costsPrefillAndBlocksInOneUnit() {
        Candidates candidates = new Candidates(160, 16, 2);
        candidates.add(0, 0, new Booked(0, 0, 0, 0, -1));
        candidates.add(1, 8, new Booked(32, 20, 8, 3, -1));
        DynamoCost cost = new DynamoCost();
        assertThat(cost.cost(candidates, PLAIN, 0)).isEqualTo(10 + 10);
        assertThat(cost.cost(candidates, PLAIN, 1)).isEqualTo((2 + 10 - 8) + (20 + 10 - 8));
        assertThat(new BookedWork().cost(candidates, PLAIN, 1)).isEqualTo(2 + 20 + 3);
    }

    @Test
    void takesTheCheapest() {
        Candidates candidates = new Candidates(64, 16, 3);
        candidates.add(0, 0, new Booked(0, 5, 0, 1, 1));
        candidates.add(1, 0, new Booked(0, 4, 0, 1, 2));
        candidates.add(2, 0, new Booked(0, 9, 0, 1, 0));
        LeastCost policy = LeastCost.ofLoad(new Random(1));
        assertThat(policy.choose(candidates)).isEqualTo(1);
        assertThat(policy.reason(candidates, 1)).isEqualTo("least cost of 3 workers: 5.0 blocks");
    }

    @Test
    void breaksTiesByWhoWaitedLongest() {
        Candidates candidates = new Candidates(64, 16, 3);
        candidates.add(0, 0, new Booked(0, 4, 0, 1, 7));
        candidates.add(1, 0, new Booked(0, 4, 0, 1, 3));
        candidates.add(2, 0, new Booked(0, 4, 0, 1, 5));
        assertThat(LeastCost.ofLoad(new Random(1)).choose(candidates)).isEqualTo(1);
        assertThat(new RoundRobin().choose(candidates)).isEqualTo(1);
    }

    @Test
    void startsAnywhereAmongEqualsWithEqualChance() {
        int[] chosen = new int[4];
        LeastCost policy = LeastCost.ofPrefixAndLoad(new DynamoCost(), new Random(42));
        for (int i = 0; i < 4_000; i++) {
            Candidates candidates = new Candidates(64, 16, 0);
            for (int key = 0; key < 4; key++) {
                candidates.add(key, 0, new Booked(0, 0, 0, 0, -1));
            }
            chosen[policy.choose(candidates)]++;
        }
        for (int count : chosen) {
            assertThat(count).isBetween(900, 1_100);
        }
    }

    @Test
    void drawsEachWithEqualChance() {
        Candidates candidates = new Candidates(64, 16, 3);
        for (int key = 0; key < 3; key++) {
            candidates.add(key, 0, new Booked(0, key * 10L, 0, 0, -1));
        }
        int[] chosen = new int[3];
        RandomChoice policy = new RandomChoice(new Random(42));
        for (int i = 0; i < 3_000; i++) {
            chosen[policy.choose(candidates)]++;
        }
        for (int count : chosen) {
            assertThat(count).isBetween(900, 1_100);
        }
    }
}
