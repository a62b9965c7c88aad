package io.jynamo.router.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutflowTest {
    @Test
    void nothingIsSaidBeforeAnythingWasSeen() {
        Outflow outflow = new Outflow();
        assertThat(outflow.retryAfter(1_000)).isNull();
        assertThat(outflow.untilFirstToken(50)).isEqualTo(-1);
    }

    @Test
    void itTellsTheGapBetweenDeparturesAndEachThatIsSentAwayALaterPlace() {
        Outflow outflow = leaving(20, 100);
        assertThat(outflow.retryAfter(2_000)).isEqualTo(Duration.ofNanos(100));
        assertThat(outflow.retryAfter(2_000)).isEqualTo(Duration.ofNanos(200));
        outflow.onLeave(2_100, true);
        assertThat(outflow.retryAfter(2_100)).isEqualTo(Duration.ofNanos(200));
        assertThat(outflow.untilFirstToken(4)).isEqualTo(500);
    }

    @Test
    void timeInWhichNobodyWaitedDoesNotCount() {
        Outflow outflow = leaving(20, 100);
        outflow.onLeave(2_100, false);
        outflow.onLeave(9_000_000, true);
        assertThat(outflow.untilFirstToken(0)).isEqualTo(100);
    }

    @Test
    void thePromptIsComputedAfterTheWaiting() {
        Outflow outflow = leaving(20, 100);
        for (int i = 0; i < Outflow.LEAST_SEEN; i++) {
            outflow.onFirstToken(40);
        }
        assertThat(outflow.untilFirstToken(0)).isEqualTo(140);
    }

    private static Outflow leaving(int times, long gap) {
        Outflow outflow = new Outflow();
        for (int i = 1; i <= times; i++) {
            outflow.onLeave(i * gap, true);
        }
        return outflow;
    }
}
