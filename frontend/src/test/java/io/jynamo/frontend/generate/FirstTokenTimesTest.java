package io.jynamo.frontend.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FirstTokenTimesTest {
    private final FirstTokenTimes times = new FirstTokenTimes(0.95);

    private void see(long from, long to) {
        for (long one = from; one <= to; one++) {
            times.see(one);
        }
    }

    @Test
    void sayNothingBeforeEnoughIsKnown() {
        see(1, FirstTokenTimes.EVERY - 1);
        assertThat(times.within()).isEqualTo(FirstTokenTimes.UNKNOWN);
        see(1, 1);
        assertThat(times.within()).isLessThan(FirstTokenTimes.EVERY);
    }

    @Test
    void sayWithinWhichTimeAShareCame() {
        see(1, 320);
        assertThat(times.within()).isEqualTo(304);
    }

    @Test
    void forgetWhatIsLongAgo() {
        see(1_000_000, 1_000_000 + 1_000);
        see(1, FirstTokenTimes.KEPT + FirstTokenTimes.EVERY);
        assertThat(times.within()).isLessThanOrEqualTo(FirstTokenTimes.KEPT + FirstTokenTimes.EVERY);
    }

    @Test
    void helpComesNoSoonerThanTheFloorAndNoLaterThanAMinute() {
        HedgeLimits learned = new HedgeLimits(Duration.ofMillis(200), 0.95, 0.05);
        assertThat(learned.afterNanos(FirstTokenTimes.UNKNOWN)).isEqualTo(FirstTokenTimes.UNKNOWN);
        assertThat(learned.afterNanos(1)).isEqualTo(200_000_000);
        assertThat(learned.afterNanos(700_000_000)).isEqualTo(700_000_000);
        assertThat(learned.afterNanos(Long.MAX_VALUE - 1))
                .isEqualTo(Duration.ofMinutes(1).toNanos());
        assertThat(new HedgeLimits(Duration.ZERO, 0.95, 0.05).afterNanos(1))
                .as("a floor of its own")
                .isEqualTo(50_000_000);
        assertThat(new HedgeLimits(Duration.ofMillis(7), 0.05).afterNanos(FirstTokenTimes.UNKNOWN))
                .as("a fixed time")
                .isEqualTo(7_000_000);
        assertThatThrownBy(() -> new HedgeLimits(Duration.ZERO, 95, 0.05)).isInstanceOf(IllegalArgumentException.class);
    }
}
