package io.jynamo.frontend.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Huge requests go one by one, and what they leave is collected during a burst and after it. */
@Timeout(30)
class HugeLaneTest {
    private final LinkedBlockingQueue<String> seen = new LinkedBlockingQueue<>();

    private @Nullable String next() throws InterruptedException {
        return seen.poll(20, TimeUnit.SECONDS);
    }

    @Test
    void collectsAfterSoManyBytesAndOnceWhenItIsQuiet() throws InterruptedException {
        try (var lane = new HugeLane(10, () -> seen.add("collected"))) {
            lane.execute(() -> seen.add("first"), 5 << 20);
            lane.execute(() -> seen.add("second"), 5 << 20);
            lane.execute(() -> seen.add("third"), 2 << 20);
            assertThat(next()).isEqualTo("first");
            assertThat(next()).isEqualTo("second");
            assertThat(next()).isEqualTo("collected");
            assertThat(next()).isEqualTo("third");
            assertThat(next()).isEqualTo("collected");
            lane.execute(() -> seen.add("fourth"), 2 << 20);
            assertThat(next()).isEqualTo("fourth");
        }
    }

    @Test
    void aDefectOfOneLeavesTheNext() throws InterruptedException {
        try (var lane = new HugeLane(10, () -> {})) {
            lane.execute(
                    () -> {
                        throw new OutOfMemoryError("of a test");
                    },
                    1);
            lane.execute(() -> seen.add("next"), 1);
            assertThat(next()).isEqualTo("next");
        }
    }

    @Test
    void rejectsWhenTooManyWaitAndEndsWhenItIsClosed() throws InterruptedException {
        var inside = new CountDownLatch(1);
        var lane = new HugeLane(1, () -> {});
        lane.execute(
                () -> {
                    inside.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException closed) {
                        seen.add("interrupted");
                        Thread.currentThread().interrupt();
                    }
                },
                1);
        inside.await();
        lane.execute(() -> seen.add("never"), 1);
        assertThatThrownBy(() -> lane.execute(() -> {}, 1)).isInstanceOf(RejectedExecutionException.class);
        lane.close();
        assertThat(next()).isEqualTo("interrupted");
        assertThat(seen).isEmpty();
    }
}
