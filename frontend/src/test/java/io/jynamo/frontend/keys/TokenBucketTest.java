package io.jynamo.frontend.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bucket beside one that is refilled by the millisecond. */
class TokenBucketTest {
    /** Adds what a millisecond brings, one after the other. */
    private static final class NaiveBucket {
        private final long perMinute;
        private final long full;
        private long parts;
        private long at;

        NaiveBucket(long perMinute, long capacity) {
            this.perMinute = perMinute;
            this.full = capacity * 60_000;
            this.parts = full;
        }

        void goTo(long millis) {
            for (; at < millis; at++) {
                add(perMinute);
            }
        }

        void add(long more) {
            parts = Math.min(full, parts + more);
        }

        long waitFor(long count) {
            long wanted = Math.min(full, count * 60_000);
            long millis = 0;
            for (long later = parts; later < wanted; later += perMinute) {
                millis++;
            }
            return millis;
        }

        long remaining() {
            return Math.max(0, parts) / 60_000;
        }
    }

    static LongStream seeds() {
        return LongStream.of(1, 2, 3, 4, System.nanoTime());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void agrees_with_the_naive_one(long seed) {
        System.out.println("[seed " + seed + "]");
        var random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            long perMinute = 500L + random.nextInt(10_000);
            long capacity = 1L + random.nextInt(50);
            var bucket = new TokenBucket(perMinute, capacity, 0);
            var naive = new NaiveBucket(perMinute, capacity);
            long now = 0;
            for (int step = 0; step < 200; step++) {
                now += random.nextInt(4) == 0 ? random.nextInt(2_000) : random.nextInt(20);
                naive.goTo(now);
                long count = 1L + random.nextInt((int) (capacity + 3));
                String where = "seed " + seed + ", round " + round + ", step " + step;
                long wait = bucket.waitMillis(count, now);
                assertThat(wait).as(where).isEqualTo(naive.waitFor(count));
                assertThat(bucket.remaining(now)).as(where).isEqualTo(naive.remaining());
                if (wait == 0 && random.nextInt(3) > 0) {
                    bucket.take(count, now);
                    naive.add(-count * 60_000);
                } else if (random.nextInt(5) == 0) {
                    bucket.take(count, now); // what is known only afterwards, and makes debts
                    naive.add(-count * 60_000);
                } else if (random.nextInt(5) == 0) {
                    bucket.giveBack(count, now);
                    naive.add(count * 60_000);
                }
            }
        }
    }

    @Test
    void the_wait_it_names_is_long_enough_and_not_a_millisecond_too_long() {
        var bucket = new TokenBucket(7, 3, 1_000);
        bucket.take(3, 1_000);
        long wait = bucket.waitMillis(1, 1_000);
        assertThat(wait).isEqualTo(8_572);
        assertThat(bucket.waitMillis(1, 1_000 + wait - 1)).isEqualTo(1);
        assertThat(bucket.waitMillis(1, 1_000 + wait)).isZero();
    }

    @Test
    void what_is_more_than_all_of_it_is_given_when_it_is_full() {
        var bucket = new TokenBucket(60, 10, 0);
        assertThat(bucket.waitMillis(25, 0)).isZero();
        bucket.take(25, 0);
        assertThat(bucket.remaining(0)).isZero();
        assertThat(bucket.waitMillis(1, 0)).isEqualTo(16_000);
        assertThat(bucket.waitMillis(25, 0)).isEqualTo(25_000);
        assertThat(bucket.fullInMillis(0)).isEqualTo(25_000);
    }

    @Test
    void neither_huge_figures_nor_long_rests_nor_a_clock_put_back_break_it() {
        var bucket = new TokenBucket(KeyLimits.MOST, KeyLimits.MOST, 5);
        for (int i = 0; i < 100_000; i++) {
            bucket.take(Integer.MAX_VALUE, 5);
        }
        assertThat(bucket.remaining(5)).isZero();
        assertThat(bucket.waitMillis(1, 3)).isPositive();
        assertThat(bucket.waitMillis(1, Long.MAX_VALUE / 2)).isZero();
        assertThat(bucket.remaining(Long.MAX_VALUE / 2)).isEqualTo(KeyLimits.MOST);
    }

    @Test
    void other_figures_leave_what_is_there() {
        var bucket = new TokenBucket(60, 10, 0);
        bucket.take(4, 0);
        bucket.change(120, 20, 0);
        assertThat(bucket.remaining(0)).isEqualTo(6);
        assertThat(bucket.remaining(1_000)).isEqualTo(8);
        bucket.change(120, 3, 1_000);
        assertThat(bucket.remaining(1_000)).isEqualTo(3);
    }
}
