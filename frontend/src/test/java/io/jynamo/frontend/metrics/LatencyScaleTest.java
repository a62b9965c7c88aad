package io.jynamo.frontend.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyScaleTest {
    @Test
    void aLatencyIsAtMostAnEighthFromTheMiddleOfItsBucket() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            long nanos = (long) Math.pow(10, 4 + 7 * random.nextDouble());
            double read = LatencyScale.millis(LatencyScale.bucket(nanos));
            assertThat(read).as("seed %s, %s ns", seed, nanos).isCloseTo(nanos / 1e6, within(nanos / 1e6 / 8 + 0.001));
        }
    }

    @Test
    void bucketsRiseWithLatencyAndEndWithTheLast() {
        int last = 0;
        for (long nanos = 0; nanos < 1_000_000_000_000L; nanos = nanos * 9 / 8 + 500) {
            int bucket = LatencyScale.bucket(nanos);
            assertThat(bucket).isBetween(last, LatencyScale.COUNT - 1);
            last = bucket;
        }
        assertThat(last).isEqualTo(LatencyScale.COUNT - 1);
        assertThat(LatencyScale.bucket(-5)).isZero();
    }

    @Test
    void percentilesAreOfWhatWasCounted() {
        LiveMeter meter = new LiveMeter();
        LiveCount before = meter.count();
        assertThat(before.since(before).firstTokenMillis(0.5)).isNaN();
        for (int i = 0; i < 98; i++) {
            meter.onFirstTokens(1, 10_000_000);
        }
        meter.onFirstTokens(1, 900_000_000);
        meter.onFirstTokens(1, 900_000_000);
        meter.onTokens(4, 2_000_000);
        LiveCount counted = meter.count().since(before);
        assertThat(counted.tokens()).isEqualTo(104);
        assertThat(counted.firstTokenMillis(0.5)).isCloseTo(10, within(1.5));
        assertThat(counted.firstTokenMillis(0.98)).isCloseTo(10, within(1.5));
        assertThat(counted.firstTokenMillis(0.99)).isCloseTo(900, within(120.0));
        assertThat(counted.interTokenMillis(0.99)).isCloseTo(2, within(0.3));
    }

    @Test
    void manyThreadsLoseNothing() throws InterruptedException {
        LiveMeter meter = new LiveMeter();
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().start(() -> {
                for (int k = 0; k < 50_000; k++) {
                    meter.onRequest();
                    meter.onTokens(3, 1_000_000);
                }
            });
        }
        for (Thread one : threads) {
            one.join();
        }
        assertThat(meter.count().requests()).isEqualTo(400_000);
        assertThat(meter.count().tokens()).isEqualTo(1_200_000);
    }
}
