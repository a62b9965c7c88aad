package io.jynamo.frontend.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.metrics.Kind;
import io.jynamo.frontend.metrics.RequestMeter;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PaceWindowTest {
    private static final long SECOND = 1_000_000_000L;

    private final FrontendMetrics metrics = new FrontendMetrics("dynamo_frontend");
    private final PaceWindow window = new PaceWindow();
    private long nowNanos = -5 * SECOND;

    @Test
    void ratesAreOfTheLastSecondAndPercentilesOfTheLastTen() {
        assertThat(window.on(metrics.live().count(), nowNanos, 0)).isNull();
        RequestMeter meter = metrics.model("m").begin(new Kind(Kind.CHAT, true), nowNanos);
        meter.onTokens(1, nowNanos + SECOND / 5);
        for (int i = 1; i <= 40; i++) {
            meter.onTokens(1, nowNanos + SECOND / 5 + i * SECOND / 100);
        }
        Pace pace = after(1_000);
        assertThat(pace.tokensPerSecond()).isCloseTo(41, within(0.1));
        assertThat(pace.requestsPerSecond()).isCloseTo(1, within(0.01));
        assertThat(pace.firstTokenP50()).isCloseTo(200, within(25.0));
        assertThat(pace.interTokenP99()).isCloseTo(10, within(1.3));
        after(1_000);
        pace = after(1_000);
        assertThat(pace.tokensPerSecond()).isZero();
        assertThat(pace.interTokenP99()).isCloseTo(10, within(1.3));
        for (int i = 0; i < 12; i++) {
            pace = after(1_000);
        }
        assertThat(pace.interTokenP99()).isNaN();
    }

    @Test
    void aLookBetweenTwoSecondsAddsNoPoint() {
        window.on(metrics.live().count(), nowNanos, 0);
        for (int i = 0; i < 40; i++) {
            after(250);
        }
        assertThat(window.history()).hasSize(10);
        for (int i = 0; i < 1_000; i++) {
            after(1_000);
        }
        assertThat(window.history()).hasSize(PaceWindow.HISTORY);
    }

    private Pace after(long millis) {
        nowNanos += millis * 1_000_000;
        return Objects.requireNonNull(window.on(metrics.live().count(), nowNanos, nowNanos / 1_000_000));
    }
}
