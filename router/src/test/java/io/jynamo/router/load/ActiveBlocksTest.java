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

    /** The oracle: a count for each owner and block. */
    private record Key(int owner, long block) {}

    @SuppressWarnings("ArrayRecordComponent") // only read
    private record Request(int owner, long[] prompt, ActiveBlocks.Held held) {}

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithACountingMap(long seed) {
        var random = new SplittableRandom(seed);
        int owners = random.nextBoolean() ? 3 : 200;
        var active = new ActiveBlocks();
        Map<Key, Integer> counts = new HashMap<>();
        List<Request> held = new ArrayList<>();
        long[] trunk = random.longs(200).toArray();
        for (int i = 0; i < 1_000; i++) {
            if (held.isEmpty() || random.nextInt(5) < (i < 600 ? 3 : 1)) {
                int owner = random.nextInt(owners);
                long[] prompt = Arrays.copyOf(trunk, random.nextInt(trunk.length));
                for (int j = random.nextInt(prompt.length + 1); j < prompt.length; j++) {
                    prompt[j] = random.nextLong();
                }
                int fresh = 0;
                for (long block : prompt) {
                    fresh += counts.merge(new Key(owner, block), 1, Integer::sum) == 1 ? 1 : 0;
                }
                var given = new ActiveBlocks.Held();
                assertThat(active.add(owner, padded(prompt), prompt.length, given))
                        .as("seed %d, step %d", seed, i)
                        .isEqualTo(fresh);
                held.add(new Request(owner, prompt, given));
            } else {
                Request gone = held.remove(random.nextInt(held.size()));
                int freed = 0;
                for (long block : gone.prompt) {
                    freed += counts.merge(new Key(gone.owner, block), -1, (n, one) -> n == 1 ? null : n - 1) == null
                            ? 1
                            : 0;
                }
                assertThat(active.remove(gone.held))
                        .as("seed %d, step %d", seed, i)
                        .isEqualTo(freed);
            }
            if (i % 10 != 0) {
                continue;
            }
            assertThat(active.distinct())
                    .isEqualTo(
                            counts.keySet().stream().map(Key::block).distinct().count());
            long[] asked = Arrays.copyOf(trunk, random.nextInt(trunk.length));
            int[] depths = new int[owners];
            active.depths(padded(asked), asked.length, depths);
            for (int owner = 0; owner < owners; owner++) {
                int depth = depth(counts, owner, asked);
                assertThat(depths[owner])
                        .as("seed %d, step %d, owner %d", seed, i, owner)
                        .isEqualTo(depth);
                assertThat(active.depth(owner, asked, asked.length)).isEqualTo(depth);
            }
        }
        held.forEach(each -> active.remove(each.held));
        assertThat(active.distinct()).isZero();
    }

    @Test
    void hashesThatAreNoPathAreGivenBackWholeToo() {
        var random = new SplittableRandom(7);
        var active = new ActiveBlocks();
        List<ActiveBlocks.Held> held = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            if (held.isEmpty() || random.nextInt(3) > 0) {
                long[] madeUp = random.longs(random.nextInt(20), 0, 30).toArray();
                held.add(new ActiveBlocks.Held());
                active.add(random.nextInt(3), madeUp, madeUp.length, held.getLast());
                assertThat(held.getLast().length()).isLessThanOrEqualTo(madeUp.length);
                active.depths(madeUp, madeUp.length, new int[3]);
            } else {
                active.remove(held.remove(random.nextInt(held.size())));
            }
        }
        held.forEach(active::remove);
        assertThat(active.distinct()).isZero();
    }

    @Test
    void refusesToTakeBackTwice() {
        var active = new ActiveBlocks();
        var held = new ActiveBlocks.Held();
        active.add(0, new long[] {5}, 1, held);
        active.remove(held);
        assertThatThrownBy(() -> active.remove(held)).isInstanceOf(IllegalStateException.class);
        assertThat(active.remove(new ActiveBlocks.Held())).isZero();
    }

    /** As a caller has it that uses its array again: longer, and other blocks behind the prompt. */
    private static long[] padded(long[] prompt) {
        return Arrays.copyOf(prompt, prompt.length + 3);
    }

    private static int depth(Map<Key, Integer> counts, int owner, long[] prompt) {
        int depth = 0;
        while (depth < prompt.length && counts.containsKey(new Key(owner, prompt[depth]))) {
            depth++;
        }
        return depth;
    }
}
