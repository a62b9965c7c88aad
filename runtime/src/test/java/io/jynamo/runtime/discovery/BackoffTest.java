package io.jynamo.runtime.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void waits_double_up_to_a_most_and_differ_by_half() {
        var backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(700), new Random(1));
        for (long whole : new long[] {100, 200, 400, 700, 700}) {
            assertThat(backoff.next()).isBetween(Duration.ofMillis(whole / 2), Duration.ofMillis(whole));
        }
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void the_random_part_is_all_of_the_second_half() {
        RandomGenerator random = new Random(1);
        List<Long> first = Stream.generate(() -> new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), random))
                .limit(1_000)
                .map(backoff -> backoff.next().toMillis())
                .toList();
        assertThat(first).allSatisfy(wait -> assertThat(wait).isBetween(50L, 100L));
        assertThat(first).anyMatch(wait -> wait < 55).anyMatch(wait -> wait > 95);
    }
}
