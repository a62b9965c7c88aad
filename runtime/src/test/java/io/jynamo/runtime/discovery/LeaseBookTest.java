package io.jynamo.runtime.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseBookTest {
    private static final Duration NOTHING = Duration.ZERO;
    private final LeaseBook book = new LeaseBook(Duration.ofNanos(100));

    @Test
    void a_lease_ends_when_nothing_changed_for_its_time() {
        book.observe("f", 1, NOTHING, 1_000);
        book.observe("f", 1, Duration.ofDays(9), 1_100); // what the clock says counts at first sight alone
        assertThat(book.isOver("f", 1_100)).isFalse();
        assertThat(book.isOver("f", 1_101)).isTrue();
        assertThat(book.isAbandoned("f", 1_101)).isTrue();
        book.observe("f", 0, NOTHING, 1_150); // a clock that was set back is a heartbeat too
        assertThat(book.isOver("f", 1_250)).isFalse();
        assertThat(book.isAbandoned("f", 1_250)).isFalse();
    }

    @Test
    void the_age_at_first_sight_counts_but_does_not_remove() {
        book.observe("f", 1, Duration.ofNanos(60), 1_000);
        assertThat(book.isOver("f", 1_040)).isFalse();
        assertThat(book.isOver("f", 1_041)).isTrue();
        assertThat(book.isAbandoned("f", 1_100)).isFalse();
        assertThat(book.isAbandoned("f", 1_101)).isTrue();
        book.observe("ancient", 1, Duration.ofSeconds(Long.MAX_VALUE), 1_000);
        assertThat(book.isOver("ancient", 1_000)).isTrue();
        book.observe("of the future", 1, Duration.ofDays(-1), 1_000);
        assertThat(book.isOver("of the future", 1_100)).isFalse();
        assertThat(book.isOver("of the future", 1_101)).isTrue();
    }

    @Test
    void whoever_stood_still_gives_others_half_a_lease_once() {
        book.observe("f", 1, NOTHING, 1_000);
        book.observe("was over", 1, Duration.ofNanos(101), 1_000);
        book.stoodStill(1_000, 9_000);
        assertThat(book.isOver("f", 9_050)).isFalse();
        assertThat(book.isOver("f", 9_051)).isTrue();
        assertThat(book.isOver("was over", 9_000)).isTrue();
        book.stoodStill(9_010, 9_200);
        assertThat(book.isOver("f", 9_200)).isTrue();
        book.observe("f", 2, NOTHING, 9_300);
        book.stoodStill(9_310, 9_800);
        assertThat(book.isOver("f", 9_800)).isFalse();
    }

    @Test
    void what_is_not_known_is_over_and_never_removed() {
        assertThat(book.isOver("f", 0)).isTrue();
        assertThat(book.isAbandoned("f", 0)).isFalse();
        book.observe("f", 1, NOTHING, 0);
        book.forget("f");
        assertThat(book.isOver("f", 0)).isTrue();
    }
}
