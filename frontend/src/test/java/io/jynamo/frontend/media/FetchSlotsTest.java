package io.jynamo.frontend.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets the next place when all are taken. */
@Timeout(60)
class FetchSlotsTest {
    private static final long LATE = System.nanoTime() + Duration.ofMinutes(5).toNanos();

    private final FetchSlots slots = new FetchSlots(4);
    private final BlockingQueue<String> admitted = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    private void take(String... keys) throws InterruptedException {
        for (String key : keys) {
            assertThat(slots.acquire(key, LATE)).isTrue();
        }
    }

    /** Waits on a thread of its own, and is known to wait. */
    private void queue(String key) {
        int before = slots.waiting();
        threads.add(Thread.ofVirtual().start(() -> {
            try {
                if (slots.acquire(key, LATE)) {
                    admitted.add(key);
                }
            } catch (InterruptedException gone) {
                Thread.currentThread().interrupt();
            }
        }));
        while (slots.waiting() == before) {
            Thread.onSpinWait();
        }
    }

    @Test
    void oneKeyLeavesAQuarterToOthers() throws Exception {
        take("a", "a", "a");
        assertThat(slots.acquire("a", System.nanoTime())).isFalse();
        take("b");
        assertThat(slots.acquire("b", System.nanoTime())).isFalse();
        slots.release("a");
        take("b");
        assertThat(slots.waiting()).isZero();
    }

    @Test
    void withoutKeysThereIsNobodyToShareWith() throws Exception {
        take("", "", "", "");
        assertThat(slots.acquire("", System.nanoTime())).isFalse();
    }

    @Test
    void aFreePlaceGoesToWhoHoldsFewest() throws Exception {
        take("a", "a", "b", "c");
        queue("a");
        queue("b");
        queue("d");
        slots.release("c");
        assertThat(admitted.take()).isEqualTo("d");
        slots.release("a");
        assertThat(admitted.take()).as("both hold one, and a waits longer").isEqualTo("a");
        slots.release("d");
        assertThat(admitted.take()).isEqualTo("b");
    }

    @Test
    void whoIsInterruptedTakesNothing() throws Exception {
        take("a", "b", "c", "d");
        queue("e");
        threads.getFirst().interrupt();
        threads.getFirst().join();
        assertThat(slots.waiting()).isZero();
        slots.release("a");
        take("f");
        assertThat(slots.acquire("g", System.nanoTime())).isFalse();
    }
}
