package io.jynamo.frontend.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void aQuietFrontendMayRetryAHundredTimesInTenSeconds() {
        RetryBudget budget = new RetryBudget(0.2);
        assertThat(granted(budget, 0, 1, 1_000)).isEqualTo(100);
        assertThat(budget.tryRetry(9 * SECOND, 1)).isFalse();
        assertThat(granted(budget, 10 * SECOND, 1, 1_000)).isEqualTo(100);
    }

    @Test
    void aFifthOfTheRequestsMayBeRetriedBesides() {
        RetryBudget budget = new RetryBudget(0.2);
        for (int i = 0; i < 5_000; i++) {
            budget.onRequest(i * SECOND / 1_000);
        }
        assertThat(granted(budget, 5 * SECOND, 1, 10_000)).isEqualTo(1_000 + 100);
    }

    @Test
    void requestsOfTenSecondsAgoCountNoMore() {
        RetryBudget budget = new RetryBudget(0.5);
        for (int i = 0; i < 1_000; i++) {
            budget.onRequest(0);
        }
        assertThat(granted(budget, 10 * SECOND, 1, 1_000)).isEqualTo(100);
    }

    @Test
    void aThirdOfAllStreamsMayMoveAtOnceThoughNoRequestCameForLong() {
        RetryBudget budget = new RetryBudget(0.2);
        int running = 30_000;
        assertThat(granted(budget, 60 * SECOND, running, running / 3)).isEqualTo(running / 3);
    }

    @Test
    void allStreamsMayMoveOnceAndNotAllOfThemTwice() {
        RetryBudget budget = new RetryBudget(0.2);
        int running = 1_500;
        assertThat(granted(budget, 60 * SECOND, running, running)).isEqualTo(running);
        assertThat(granted(budget, 62 * SECOND, running, running)).isZero();
        assertThat(granted(budget, 70 * SECOND, running, running)).isEqualTo(running);
    }

    @Test
    void aFleetThatFailsEverythingAtOnceIsAskedLittleMoreThanWithoutRetries() {
        RetryBudget budget = new RetryBudget(0.2);
        int retries = 0;
        for (int request = 0; request < 10_000; request++) { // a thousand a second, of which two run at any time
            long now = request * SECOND / 1_000;
            budget.onRequest(now);
            for (int more = 0; more < 3 && budget.tryRetry(now, 2); more++) {
                retries++;
            }
        }
        assertThat(retries).isEqualTo(10_000 / 5 + 100);
    }

    @Test
    void aShareOfZeroLeavesTheFloor() {
        RetryBudget budget = new RetryBudget(0);
        for (int i = 0; i < 1_000; i++) {
            budget.onRequest(0);
        }
        assertThat(granted(budget, 0, 1, 1_000)).isEqualTo(100);
        assertThatThrownBy(() -> new RetryBudget(1.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RetryBudget(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    /** The same as a list of times from which what is ten seconds old, by the second, is struck. */
    @Test
    void agreesWithAListOfTimes() {
        long seed = 20_261_127;
        Random random = new Random(seed);
        RetryBudget budget = new RetryBudget(0.3);
        ArrayDeque<Long> requests = new ArrayDeque<>();
        ArrayDeque<Long> retries = new ArrayDeque<>();
        long now = -3 * SECOND; // System.nanoTime() may be below zero
        for (int i = 0; i < 20_000; i++) {
            now += random.nextLong(i % 1_000 == 0 ? 12 * SECOND : SECOND / 50);
            long oldest = Math.floorDiv(now, SECOND) - 9;
            requests.removeIf(second -> second < oldest);
            retries.removeIf(second -> second < oldest);
            if (random.nextInt(3) > 0) {
                budget.onRequest(now);
                requests.add(Math.floorDiv(now, SECOND));
            } else {
                int running = random.nextInt(200);
                boolean expected = retries.size() + 1 <= 0.3 * requests.size() + Math.max(100, running);
                assertThat(budget.tryRetry(now, running))
                        .as("step %s, seed %s", i, seed)
                        .isEqualTo(expected);
                if (expected) {
                    retries.add(Math.floorDiv(now, SECOND));
                }
            }
        }
    }

    @Test
    void theWorkersOwnErrorStaysAndSaysWhyNobodyElseWasAsked() {
        GenerationEnd.Failure spent =
                RetryBudget.spent(new GenerationEnd.Failure(ErrorCode.WORKER_LOST, "worker 2a died"));
        assertThat(spent.code()).isEqualTo(ErrorCode.WORKER_LOST);
        assertThat(spent.message()).startsWith("worker 2a died").contains("retry budget");
        assertThat(spent.retryAfter()).isPositive();
    }

    private static int granted(RetryBudget budget, long now, int running, int asked) {
        int granted = 0;
        for (int i = 0; i < asked; i++) {
            if (budget.tryRetry(now, running)) {
                granted++;
            }
        }
        return granted;
    }
}
