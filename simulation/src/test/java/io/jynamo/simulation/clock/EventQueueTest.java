package io.jynamo.simulation.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final EventQueue queue = new EventQueue(new SplittableRandom(1));
    private final List<String> seen = new ArrayList<>();

    @Test
    void runsInOrderOfTimeWhateverTheOrderOfScheduling() {
        for (long at : new long[] {30, 10, 20, 5}) {
            queue.at(at, () -> seen.add(at + " at " + queue.getAsLong()));
        }
        runAll();
        assertThat(seen).containsExactly("5 at 5", "10 at 10", "20 at 20", "30 at 30");
        assertThat(queue.ran()).isEqualTo(4);
    }

    @Test
    void settlesAfterEverythingElseOfItsTime() {
        queue.at(7, () -> {
            queue.settle(() -> seen.add("settled"));
            queue.at(7, () -> seen.add("later, at the same time"));
        });
        queue.at(8, () -> seen.add("after"));
        runAll();
        assertThat(seen).containsExactly("later, at the same time", "settled", "after");
    }

    @Test
    void ordersWhatHappensAtOneTimeByTheSeed() {
        assertThat(tie(1)).isEqualTo(tie(1)).hasSize(50).isNotEqualTo(tie(2));
        assertThat(tie(1)).isNotEqualTo(IntStream.range(0, 50).boxed().toList());
    }

    @Test
    void refusesThePast() {
        queue.at(10, () -> {});
        runAll();
        assertThatThrownBy(() -> queue.at(9, () -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Integer> tie(long seed) {
        EventQueue queue = new EventQueue(new SplittableRandom(seed));
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            queue.at(3, () -> order.add(number));
        }
        while (queue.runNext()) {}
        return order;
    }

    private void runAll() {
        while (queue.runNext()) {}
    }
}
