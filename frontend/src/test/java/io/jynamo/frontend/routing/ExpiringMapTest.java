package io.jynamo.frontend.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExpiringMapTest {
    private final AtomicLong now = new AtomicLong();
    private final ExpiringMap<String> map =
            new ExpiringMap<>(Duration.ofNanos(100), new ExpiringMap.Bounds(3, 10), String::length, now::get);

    @Test
    void an_entry_ends_when_nothing_was_heard_of_it() {
        map.add("a", "x");
        map.add("b", "y");
        now.set(60);
        assertThat(map.touch("a")).isEqualTo("x");
        now.set(100);
        assertThat(map.sweep()).containsExactly("y");
        now.set(159);
        assertThat(map.sweep()).isEmpty();
        now.set(160);
        assertThat(map.sweep()).containsExactly("x");
        assertThat(map.touch("a")).isNull();
    }

    @Test
    void what_has_no_room_is_refused_or_takes_the_place_of_the_oldest() {
        assertThat(map.add("a", "xxxx")).isEqualTo(ExpiringMap.Added.ADDED);
        assertThat(map.add("a", "x")).isEqualTo(ExpiringMap.Added.TAKEN);
        assertThat(map.add("b", "xxxx")).isEqualTo(ExpiringMap.Added.ADDED);
        assertThat(map.add("c", "xxxx")).isEqualTo(ExpiringMap.Added.FULL);
        map.put("c", "xxxx");
        assertThat(map.touch("a")).isNull();
        assertThat(map.count()).isEqualTo(2);
        map.put("d", "x");
        map.put("e", "x");
        assertThat(map.count()).isEqualTo(3);
        assertThat(map.touch("b")).isNull();
        map.put("f", "longer than all");
        assertThat(map.touch("f")).isNull();
    }

    @Test
    void room_comes_back_however_an_entry_leaves() {
        for (int i = 0; i < 50; i++) {
            assertThat(map.add("a", "xxxxxxxxxx")).isEqualTo(ExpiringMap.Added.ADDED);
            switch (i % 4) {
                case 0 -> map.remove("a");
                case 1 -> map.removeAll(value -> true);
                case 2 -> {
                    map.replace("a", "x");
                    map.remove("a");
                }
                default -> {
                    now.addAndGet(100);
                    map.sweep();
                }
            }
            assertThat(map.count()).isZero();
        }
    }

    @Test
    void an_entry_whose_time_is_over_is_not_taken_before_it_is_swept() {
        map.put("a", "x");
        now.set(99);
        assertThat(map.removeIf("a", value -> false)).isNull();
        now.set(100);
        assertThat(map.removeIf("a", value -> true)).isNull();
        assertThat(map.sweep()).containsExactly("x");
    }
}
