package io.jynamo.router.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActiveBlocksTest {
    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 20), LongStream.of(System.nanoTime()));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithACountingMap(long seed) {
        var random = new SplittableRandom(seed);
        var active = new ActiveBlocks();
        Map<Long, Integer> counts = new HashMap<>();
        List<long[]> held = new ArrayList<>();
        long[] trunk = random.longs(600).toArray();
        for (int i = 0; i < 1_000; i++) {
            if (held.isEmpty() || random.nextInt(5) < (i < 600 ? 3 : 1)) {
                long[] prompt = Arrays.copyOf(trunk, random.nextInt(trunk.length));
                for (int j = random.nextInt(prompt.length + 1); j < prompt.length; j++) {
                    prompt[j] = random.nextLong();
                }
                assertThat(active.depth(prompt)).as("seed %d", seed).isEqualTo(depth(counts, prompt));
                active.add(prompt);
                held.add(prompt);
                Arrays.stream(prompt).forEach(block -> counts.merge(block, 1, Integer::sum));
            } else {
                long[] prompt = held.remove(random.nextInt(held.size()));
                active.remove(prompt);
                Arrays.stream(prompt).forEach(block -> counts.computeIfPresent(block, (b, n) -> n == 1 ? null : n - 1));
            }
            assertThat(active.distinct()).as("seed %d, step %d", seed, i).isEqualTo(counts.size());
        }
    }

    @Test
    void refusesToReleaseWhatNobodyHolds() {
        assertThatThrownBy(() -> new ActiveBlocks().remove(new long[] {5})).isInstanceOf(IllegalStateException.class);
    }

    private static int depth(Map<Long, Integer> counts, long[] prompt) {
        int depth = 0;
        while (depth < prompt.length && counts.containsKey(prompt[depth])) {
            depth++;
        }
        return depth;
    }
}
