package io.jynamo.frontend.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyUseTest {
    private static final long NOON = Instant.parse("2026-11-28T12:00:00Z").toEpochMilli();

    private static Moment at(long millis) {
        return new Moment(millis, NOON + millis);
    }

    private static KeyUse use(long rate, long concurrency, long perMinute, long perDay) {
        return new KeyUse(new KeyLimits(rate, rate, concurrency, perMinute, perDay), at(0));
    }

    private static Denial.Kind kind(@Nullable Denial denial) {
        return Objects.requireNonNull(denial).kind();
    }

    @Test
    void so_many_run_at_one_time_and_no_more_leave_than_came() {
        KeyUse use = use(0, 2, 0, 0);
        assertThat(use.tryEnter(at(0))).isNull();
        assertThat(use.tryEnter(at(0))).isNull();
        assertThat(kind(use.tryEnter(at(0)))).isEqualTo(Denial.Kind.CONCURRENCY);
        use.leave();
        assertThat(use.tryEnter(at(0))).isNull();
        use.leave();
        use.leave();
        assertThatIllegalStateException().isThrownBy(use::leave);
    }

    @Test
    void who_comes_behind_leaves_half_to_others() {
        KeyUse places = use(0, 3, 0, 0);
        assertThat(places.tryEnterBehind(at(0))).isNull();
        assertThat(places.tryEnterBehind(at(0))).isNull();
        assertThat(kind(places.tryEnterBehind(at(0)))).isEqualTo(Denial.Kind.CONCURRENCY);
        assertThat(places.tryEnter(at(0))).isNull();
        KeyUse rate = use(4, 0, 0, 0);
        assertThat(rate.tryEnterBehind(at(0))).isNull();
        assertThat(rate.tryEnterBehind(at(0))).isNull();
        assertThat(kind(rate.tryEnterBehind(at(0)))).isEqualTo(Denial.Kind.REQUESTS);
        assertThat(rate.tryEnter(at(0))).isNull();
        assertThat(rate.tryEnter(at(0))).isNull();
        KeyUse one = use(1, 1, 0, 0);
        assertThat(one.tryEnterBehind(at(0))).isNull();
    }

    @Test
    void who_is_kept_out_pays_nothing() {
        KeyUse use = use(5, 1, 0, 0);
        assertThat(use.tryEnter(at(0))).isNull();
        for (int i = 0; i < 10; i++) {
            assertThat(kind(use.tryEnter(at(0)))).isEqualTo(Denial.Kind.CONCURRENCY);
        }
        assertThat(Objects.requireNonNull(use.requests(at(0))).remaining()).isEqualTo(4);
    }

    @Test
    void what_was_set_aside_is_settled_for_what_was_taken() {
        KeyUse use = use(0, 0, 100, 1_000);
        KeyUse.Reservation reserved = use.reserve(30, at(0));
        assertThat(Objects.requireNonNull(use.tokens(at(0))).remaining()).isEqualTo(70);
        use.settle(reserved, 45, at(0));
        assertThat(Objects.requireNonNull(use.tokens(at(0))).remaining()).isEqualTo(55);
        use.settle(use.reserve(30, at(0)), 0, at(0));
        assertThat(Objects.requireNonNull(use.tokens(at(0))).remaining()).isEqualTo(55);
        use.settle(use.reserve(30, at(0)), 200, at(0));
        assertThat(Objects.requireNonNull(use.tokens(at(0))).remaining()).isZero();
        Denial denial = Objects.requireNonNull(use.tryEnter(at(0)));
        assertThat(denial.kind()).isEqualTo(Denial.Kind.TOKENS_PER_MINUTE);
        assertThat(use.tryEnter(at(denial.pause().toMillis() - 1))).isNotNull();
        assertThat(use.tryEnter(at(denial.pause().toMillis()))).isNull();
    }

    @Test
    void a_day_has_its_own_budget_and_ends_at_midnight_utc() {
        KeyUse use = use(0, 0, 0, 100);
        use.reserve(100, at(0));
        Denial denial = Objects.requireNonNull(use.spent(1, at(0)));
        assertThat(denial.kind()).isEqualTo(Denial.Kind.TOKENS_PER_DAY);
        assertThat(denial.pause()).isEqualTo(Duration.ofHours(12));
        long midnight = denial.pause().toMillis();
        assertThat(use.spent(1, at(midnight - 1))).isNotNull();
        assertThat(use.spent(1, at(midnight))).isNull();
        assertThat(Objects.requireNonNull(use.tokens(at(midnight))).remaining()).isEqualTo(100);
    }

    @Test
    void what_was_set_aside_yesterday_is_not_given_back_today() {
        KeyUse use = use(0, 0, 0, 100);
        KeyUse.Reservation yesterday = use.reserve(60, at(0));
        Moment next = at(Duration.ofHours(13).toMillis());
        use.reserve(50, next);
        use.settle(yesterday, 0, next);
        assertThat(Objects.requireNonNull(use.tokens(next)).remaining()).isEqualTo(50);
    }

    @Test
    void the_longer_wait_is_told_and_the_smaller_rest() {
        KeyUse use = use(0, 0, 100, 120);
        use.reserve(110, at(0));
        assertThat(kind(use.spent(20, at(0)))).isEqualTo(Denial.Kind.TOKENS_PER_DAY);
        assertThat(Objects.requireNonNull(use.tokens(at(0))).limit()).isEqualTo(100);
        assertThat(Objects.requireNonNull(use.tokens(at(60_000))).limit()).isEqualTo(120);
    }

    @Test
    void other_limits_keep_what_was_taken_and_those_that_go_are_gone() {
        KeyUse use = use(10, 0, 0, 0);
        for (int i = 0; i < 8; i++) {
            use.tryEnter(at(0));
        }
        use.change(new KeyLimits(20, 20, 9, 50, 0), at(0));
        assertThat(Objects.requireNonNull(use.requests(at(0))).remaining()).isEqualTo(2);
        assertThat(use.tryEnter(at(0))).isNull();
        assertThat(kind(use.tryEnter(at(0)))).isEqualTo(Denial.Kind.CONCURRENCY);
        use.change(KeyLimits.NONE, at(0));
        assertThat(use.requests(at(0))).isNull();
        assertThat(use.tokens(at(0))).isNull();
        assertThat(use.tryEnter(at(0))).isNull();
    }

    @Test
    void times_are_spelt_as_clients_know_them() {
        assertThat(RateHeaders.duration(0)).isEqualTo("0s");
        assertThat(RateHeaders.duration(20)).isEqualTo("20ms");
        assertThat(RateHeaders.duration(1_500)).isEqualTo("1.5s");
        assertThat(RateHeaders.duration(59_050)).isEqualTo("59.05s");
        assertThat(RateHeaders.duration(360_000)).isEqualTo("6m0s");
        assertThat(RateHeaders.duration(3_723_000)).isEqualTo("1h2m3s");
    }
}
