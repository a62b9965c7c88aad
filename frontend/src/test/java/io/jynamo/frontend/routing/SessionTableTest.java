package io.jynamo.frontend.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.routing.ReplicaEvent.Binding;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionTableTest {
    private static final PartitionKey KEY = new PartitionKey("m", "default");
    private static final Rank FIRST = new Rank(1, 0);
    private static final Rank SECOND = new Rank(2, 0);
    private static final long SELF = 5;

    private final AtomicLong now = new AtomicLong();
    private final AtomicLong wall = new AtomicLong(1_000);
    private final SessionTable table = new SessionTable(Duration.ofNanos(100), now::get, wall::get);

    private Binding bind(String session, Rank rank) {
        return Objects.requireNonNull(table.bind(KEY, session, rank, SELF), "bound");
    }

    @Test
    void a_session_is_where_its_last_request_was_until_its_time_is_over() {
        Binding first = bind("s", FIRST);
        assertThat(first).isEqualTo(new Binding(1, 0, 1_000, SELF));
        now.set(99);
        assertThat(bind("s", FIRST)).as("the same binding, told again").isEqualTo(first);
        now.set(198);
        assertThat(table.find(KEY, "s")).isEqualTo(first);
        now.set(199);
        assertThat(table.find(KEY, "s")).isNull();
        assertThat(table.find(new PartitionKey("m", "other"), "s")).isNull();
    }

    @Test
    void a_session_that_moves_has_a_later_binding_whatever_the_clock_says() {
        bind("s", FIRST);
        wall.set(10);
        Binding moved = bind("s", SECOND);
        assertThat(moved.sequence()).isEqualTo(1_001);
        assertThat(table.find(KEY, "s")).isEqualTo(moved);
    }

    @Test
    void of_two_replicas_the_later_holds_on_both() {
        Binding mine = bind("s", FIRST);
        Binding earlier = new Binding(2, 0, 999, 9);
        Binding later = new Binding(2, 0, 1_000, 9);
        assertThat(table.hear(KEY, "s", earlier)).isFalse();
        assertThat(table.find(KEY, "s")).isEqualTo(mine);
        assertThat(table.hear(KEY, "s", later))
                .as("at the same time, by who wrote it")
                .isTrue();
        assertThat(table.hear(KEY, "s", mine)).as("told late").isFalse();
        assertThat(table.find(KEY, "s")).isEqualTo(later);
        assertThat(bind("s", SECOND)).as("used here, still the other's").isEqualTo(later);
        now.set(100);
        assertThat(table.hear(KEY, "s", earlier))
                .as("nothing is known any more")
                .isTrue();
    }

    @Test
    void a_writer_with_a_clock_ahead_is_followed_and_can_be_overtaken() {
        Binding ahead = new Binding(2, null, -2, 9);
        assertThat(table.hear(KEY, "s", ahead)).isTrue();
        assertThat(bind("s", SECOND)).as("any rank of the worker will do").isEqualTo(ahead);
        assertThat(bind("s", FIRST).sequence()).isEqualTo(-1);
    }

    @Test
    void without_a_time_to_live_there_are_no_sessions() {
        SessionTable none = new SessionTable(Duration.ZERO, now::get, wall::get);
        assertThat(none.bind(KEY, "s", FIRST, SELF)).isNull();
        assertThat(none.hear(KEY, "s", new Binding(1, 0, 1, 1))).isFalse();
        assertThat(none.find(KEY, "s")).isNull();
    }
}
