package io.jynamo.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class ThreadTeamTest {
    @Test
    void everyItemIsDoneOnceInEveryRound() {
        try (ThreadTeam team = new ThreadTeam(4)) {
            for (int round = 0; round < 1000; round++) {
                int items = round % 37;
                AtomicIntegerArray done = new AtomicIntegerArray(Math.max(1, items));
                team.forEach(items, 1 + round % 5, (item, member) -> {
                    assertThat(member).isBetween(0, 3);
                    done.incrementAndGet(item);
                });
                for (int i = 0; i < items; i++) {
                    assertThat(done.get(i)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void aMemberWorksOnOneItemAtATime() {
        try (ThreadTeam team = new ThreadTeam(3)) {
            boolean[] busy = new boolean[3];
            for (int round = 0; round < 200; round++) {
                team.forEach(40, 1, (item, member) -> {
                    assertThat(busy[member]).isFalse();
                    busy[member] = true;
                    Thread.onSpinWait();
                    busy[member] = false;
                });
            }
        }
    }

    @Test
    void aFailedItemIsToldAndTheTeamGoesOn() {
        try (ThreadTeam team = new ThreadTeam(3)) {
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> team.forEach(50, 1, (item, member) -> {
                            if (item == 17) {
                                throw new IllegalArgumentException("item 17");
                            }
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("item 17");
                AtomicInteger done = new AtomicInteger();
                team.forEach(50, 1, (item, member) -> done.incrementAndGet());
                assertThat(done.get()).isEqualTo(50);
            }
        }
    }

    @Test
    void stepsOfSeveralCallersTakeTurns() throws InterruptedException {
        try (ThreadTeam team = new ThreadTeam(2)) {
            int[] counter = new int[1];
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                callers.add(Thread.ofPlatform().start(() -> {
                    for (int step = 0; step < 200; step++) {
                        team.exclusively(() -> {
                            int before = counter[0];
                            team.forEach(8, 1, (item, member) -> {});
                            counter[0] = before + 1;
                        });
                    }
                }));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(counter[0]).isEqualTo(800);
        }
    }

    @Test
    void aClosedTeamRefusesWork() {
        ThreadTeam team = new ThreadTeam(2);
        team.close();
        assertThatThrownBy(() -> team.forEach(8, 1, (item, member) -> {})).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTeamOfOneWorksAlone() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            AtomicInteger sum = new AtomicInteger();
            team.forEach(10, 1, (item, member) -> sum.addAndGet(item));
            assertThat(sum.get()).isEqualTo(45);
        }
    }
}
