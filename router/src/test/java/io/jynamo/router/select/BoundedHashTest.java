package io.jynamo.router.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.router.select.Candidates.Booked;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BoundedHashTest {
    private final BoundedHash policy = new BoundedHash(256, BoundedHash.BOUND);

    @Test
    void theSameHeadGoesToTheSameWorkerWhateverFollows() {
        int chosen = choose(new long[] {1, 2, 3, 4, 5}, 0, 0, 0, 0);
        assertThat(choose(new long[] {1, 2, 3, 4, 99, 100}, 0, 0, 0, 0)).isEqualTo(chosen);
    }

    @Test
    void headsAreSpreadOverAllWorkers() {
        int[] given = new int[4];
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 4_000; i++) {
            given[choose(new long[] {random.nextLong()}, 0, 0, 0, 0)]++;
        }
        for (int count : given) {
            assertThat(count).isBetween(500, 1_700);
        }
    }

    @Test
    void aFullWorkerIsPassed() {
        long[] head = {7};
        int chosen = choose(head, 0, 0, 0, 0);
        int[] requests = new int[4];
        requests[chosen] = 10;
        assertThat(choose(head, requests)).isNotEqualTo(chosen);
        assertThat(choose(head, 10, 10, 10, 10)).isEqualTo(chosen);
    }

    @Test
    void mostHeadsStayWhenAWorkerLeaves() {
        int moved = 0;
        for (long head = 0; head < 1_000; head++) {
            int before = choose(new long[] {head}, 0, 0, 0, 0);
            int after = choose(new long[] {head}, 0, 0, 0);
            moved += before != 3 && before != after ? 1 : 0;
        }
        assertThat(moved).isZero();
    }

    @Test
    void choosesForAPromptShorterThanABlock() {
        assertThat(choose(new long[0], 0, 0, 0, 0)).isBetween(0, 3);
    }

    private int choose(long[] sequences, int... requests) {
        Candidates candidates = new Candidates(sequences.length * 64 + 10, 64, requests.length);
        candidates.begin(sequences.length * 64 + 10, sequences, sequences.length, 1);
        for (int i = 0; i < requests.length; i++) {
            candidates.add(i, 0, new Booked(0, 0, 0, requests[i], -1));
        }
        return policy.choose(candidates);
    }
}
