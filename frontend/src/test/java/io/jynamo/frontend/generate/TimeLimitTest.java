package io.jynamo.frontend.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeLimitTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void it_runs_from_the_arrival_where_somebody_waits() {
        TimeLimit limit = TimeLimit.always(Duration.ofSeconds(10), 5 * SECOND);
        assertThat(limit.remainingNanos(7 * SECOND)).isEqualTo(8 * SECOND);
        limit.onPlaced(8 * SECOND);
        limit.onWaiting(9 * SECOND);
        assertThat(limit.patienceNanos(11 * SECOND)).isEqualTo(4 * SECOND);
        assertThat(limit.isOver(15 * SECOND - 1)).isFalse();
        assertThat(limit.isOver(15 * SECOND)).isTrue();
        assertThat(limit.remainingNanos(20 * SECOND)).isEqualTo(1_000_000);
    }

    @Test
    void it_runs_while_a_worker_has_it_where_nobody_does() {
        TimeLimit limit = TimeLimit.whilePlaced(Duration.ofSeconds(10));
        assertThat(limit.isOver(1_000 * SECOND)).isFalse();
        assertThat(limit.patienceNanos(1_000 * SECOND))
                .isEqualTo(Duration.ofDays(30).toNanos());
        limit.onPlaced(1_000 * SECOND);
        limit.onPlaced(1_001 * SECOND);
        assertThat(limit.remainingNanos(1_003 * SECOND)).isEqualTo(7 * SECOND);
        limit.onWaiting(1_004 * SECOND);
        limit.onWaiting(1_005 * SECOND);
        assertThat(limit.remainingNanos(2_000 * SECOND)).isEqualTo(6 * SECOND);
        limit.onPlaced(3_000 * SECOND);
        assertThat(limit.isOver(3_006 * SECOND - 1)).isFalse();
        assertThat(limit.isOver(3_006 * SECOND)).isTrue();
    }
}
