package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is learned of an LRU cache by asking it for prompts. */
class UntoldCacheTest {
    private static final long SECOND = 1_000_000_000L;

    private final SplittableRandom random = new SplittableRandom(1);
    private final UntoldCache learned = new UntoldCache(120 * SECOND);
    private final Map<Integer, Long> given = new HashMap<>();
    private final LinkedHashMap<Integer, Boolean> cache = new LinkedHashMap<>(16, 0.75f, true);
    private long now;

    /** A prompt every 10 ms, any of so many. */
    private void serve(int prompts, int capacity, int requests) {
        for (int i = 0; i < requests; i++) {
            now += 10_000_000;
            int prompt = random.nextInt(prompts);
            boolean found = cache.get(prompt) != null;
            cache.put(prompt, true);
            while (cache.size() > capacity) {
                cache.remove(cache.keySet().iterator().next());
            }
            Long before = given.put(prompt, now);
            if (before != null) {
                learned.see(now - before, 0.9, found ? 1 : 0);
            }
        }
    }

    @Test
    void aCacheThatHoldsEverythingIsBelieved() {
        serve(100, 100, 2_000);
        assertThat(learned.likely(20 * SECOND)).isEqualTo(1);
        assertThat(learned.goneShare()).isZero();
    }

    @Test
    void knowsFromWhenOnASmallCacheHasForgottenAndFollowsItWhenItGrows() {
        serve(200, 50, 4_000);
        // An LRU cache of 50 among 200 alike keeps each for the time in which 50 others are asked for: 200 ln(4/3) of
        // them.
        long kept = (long) (200 * Math.log(4.0 / 3) * 10_000_000);
        assertThat(learned.likely(kept / 2)).isGreaterThan(0.8);
        assertThat(learned.likely(2 * kept)).isLessThan(0.2);
        assertThat(learned.likely(20 * kept)).isLessThan(0.1);
        assertThat(learned.goneShare()).isCloseTo(0.75, within(0.1));
        serve(200, 200, 2_000);
        assertThat(learned.likely(2 * kept)).isGreaterThan(0.8);
    }

    @Test
    void aHeadThatAllPromptsShareSaysLittle() {
        for (int i = 0; i < 500; i++) {
            learned.see(SECOND / 100, 0.01, 0);
            learned.see(SECOND / 100, 0.8, 1);
        }
        assertThat(learned.likely(SECOND / 100)).isGreaterThan(0.97);
    }

    @Test
    void whatWasGivenJustBeforeAndIsNotComputedYetWillBeThere() {
        for (int i = 0; i < 300; i++) {
            learned.see(SECOND / 100, 0.9, i % 3 == 0 ? 1 : 0);
            learned.see(SECOND / 2, 0.9, 1);
        }
        assertThat(learned.likely(SECOND / 2)).isGreaterThan(0.95);
        assertThat(learned.likely(SECOND / 100)).isGreaterThan(0.95);
    }

    @Test
    void aWorkerThatCountsNothingTeachesNothing() {
        for (int i = 0; i < 1_000; i++) {
            learned.see(i * SECOND / 10, 1, 0);
        }
        assertThat(learned.counts()).isFalse();
        assertThat(learned.likely(100 * SECOND)).isEqualTo(1);
        learned.see(SECOND, 1, 1);
        for (int i = 0; i < 20; i++) {
            learned.see(30 * SECOND, 1, 0);
        }
        assertThat(learned.likely(30 * SECOND)).isLessThan(0.2);
        assertThat(learned.likely(SECOND / 10)).isEqualTo(1);
    }
}
