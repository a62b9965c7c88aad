package io.jynamo.router.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorkerHealthTest {
    private static final long TICK = Duration.ofMillis(100).toNanos();

    private final WorkerHealth health = new WorkerHealth();
    private long now = Duration.ofHours(1).toNanos();

    @Test
    void anUnknownWorkerMayBeSilentForTenSeconds() {
        given();
        assertThat(silentWithin(9_900, 0)).isFalse();
        assertThat(silentWithin(300, 0)).isTrue();
        assertThat(health.isUsable(now)).isFalse();
    }

    @Test
    void aWorkerThatIsKnownToAnswerFastIsGivenUpAfterThreeSeconds() {
        given();
        answers(20, 10);
        assertThat(silentWithin(2_900, 0)).isFalse();
        assertThat(silentWithin(300, 0)).isTrue();
    }

    @Test
    void aWorkerThatPausesLongMayPauseEightTimesAsLong() {
        given();
        answers(20, 10);
        answers(1, 900);
        // Seven seconds and a fifth, less what has faded meanwhile.
        assertThat(silentWithin(6_700, 0)).isFalse();
        assertThat(silentWithin(500, 0)).isTrue();
    }

    @Test
    void aLongPromptIsWaitedFor() {
        given();
        answers(20, 10);
        health.onGiven(8_000, now);
        // 8,000 tokens on two cores: twenty seconds without a word, and nothing is wrong.
        assertThat(silentWithin(60_000, 8_000)).isFalse();
    }

    @Test
    void aWorkerThatComputesPromptsFastIsNotWaitedForSoLong() {
        given();
        answers(20, 10);
        now += Duration.ofMillis(80).toNanos();
        health.onPrefilled(8_000, 0, now); // ten microseconds a token
        health.onGiven(8_000, now);
        assertThat(silentWithin(3_500, 8_000)).isFalse();
        assertThat(silentWithin(500, 8_000)).isTrue();
    }

    @Test
    void shortPromptsOfAWorkerThatHasOnlySeenSuchAreNotWaitedForLong() {
        given();
        answers(20, 10);
        now += Duration.ofMillis(20).toNanos();
        health.onPrefilled(40, 0, now); // half a millisecond a token
        health.onGiven(400, now);
        assertThat(silentWithin(4_500, 400)).isFalse();
        assertThat(silentWithin(500, 400)).isTrue();
    }

    @Test
    void shortPromptsSayNothingOfALongOne() {
        given();
        answers(20, 10);
        now += Duration.ofMillis(1).toNanos();
        health.onPrefilled(40, 0, now); // found in its cache
        health.onGiven(8_000, now);
        assertThat(silentWithin(60_000, 8_000)).isFalse();
    }

    @Test
    void promptsThatComeWhileItIsSilentBuyItNoTime() {
        given();
        answers(20, 10);
        now += Duration.ofMillis(200).toNanos();
        health.onPrefilled(
                40, 0, now); // five milliseconds a token, so that each prompt would buy it more than a second
        health.onGiven(40, now);
        long waiting = 40;
        for (int i = 0; i < 20 && !silentWithin(500, waiting); i++) {
            health.onGiven(40, now);
            waiting += 40;
        }
        assertThat(health.isSuspended()).isTrue();
    }

    @Test
    void promptsThatWaitAtTheLastNewsAreWaitedForAllTogether() {
        given();
        answers(20, 10);
        for (int i = 0; i < 10; i++) {
            health.onGiven(800, now);
            assertThat(silentWithin(1_100, 8_000)).isFalse(); // after the first second they buy nothing yet
        }
        health.onNews(8_000, now);
        assertThat(silentWithin(100_000, 8_000)).isFalse();
    }

    @Test
    void anUnknownWorkerIsAllowedWhatItsPeersAre() {
        var peers = new Peers();
        var known = new WorkerHealth(peers);
        known.onGiven(0, now);
        for (int i = 0; i < 20; i++) {
            now += Duration.ofMillis(500).toNanos();
            known.onNews(0, now);
        }
        var fresh = new WorkerHealth(peers);
        fresh.onGiven(0, now);
        fresh.isSilent(0, now);
        for (int i = 0; i < 39; i++) {
            now += Duration.ofMillis(100).toNanos();
            assertThat(fresh.isSilent(0, now)).isFalse();
        }
        now += Duration.ofMillis(200).toNanos();
        assertThat(fresh.isSilent(0, now)).isTrue();
    }

    @Test
    void whoHasNoRequestsIsNotSilent() {
        given();
        health.onEnd();
        assertThat(silentWithin(60_000, 0)).isFalse();
        assertThat(health.isUsable(now)).isTrue();
    }

    @Test
    void newsOfAnyRequestIsNews() {
        given();
        given();
        for (int i = 0; i < 100; i++) {
            assertThat(silentWithin(1_000, 0)).isFalse();
            health.onNews(0, now);
        }
    }

    @Test
    void ourOwnSleepIsNotTheWorkersSilence() {
        given();
        answers(20, 10);
        assertThat(silentWithin(500, 0)).isFalse();
        now += Duration.ofMinutes(5).toNanos(); // stopped and continued, worker and all
        assertThat(health.isSilent(0, now)).isFalse();
        assertThat(silentWithin(2_900, 0)).isFalse();
        assertThat(silentWithin(300, 0)).isTrue();
    }

    @Test
    void aSuspendedWorkerIsProbedAboutEverySecondAndComesBack() {
        health.onFailure(ErrorCode.WORKER_LOST, null, now);
        assertThat(health.isUsable(now)).isFalse();
        assertThat(health.takeProbe(now)).as("at once").isFalse();
        now += Duration.ofMillis(600).toNanos();
        assertThat(health.takeProbe(now)).isTrue();
        assertThat(health.takeProbe(now)).as("one at a time").isFalse();
        health.onProbe(false, now);
        now += Duration.ofMillis(900).toNanos();
        assertThat(health.takeProbe(now)).isFalse();
        now += Duration.ofMillis(200).toNanos();
        assertThat(health.takeProbe(now)).isTrue();
        health.onProbe(true, now);
        assertThat(health.isUsable(now)).isTrue();
        assertThat(health.takeProbe(now + TICK)).isFalse();
    }

    @Test
    void aWorkerThatIsFullIsLeftForAsLongAsItSaysAndNotAboveASecond() {
        health.onFailure(ErrorCode.OVERLOADED, Duration.ofMillis(300), now);
        assertThat(health.isUsable(now + Duration.ofMillis(200).toNanos())).isFalse();
        assertThat(health.isUsable(now + Duration.ofMillis(300).toNanos())).isTrue();
        health.onFailure(ErrorCode.OVERLOADED, Duration.ofMinutes(1), now);
        assertThat(health.isUsable(now + Duration.ofSeconds(1).toNanos())).isTrue();
    }

    @Test
    void defectsSuspendAWorkerOnlyThreeInARow() {
        for (int round = 0; round < 5; round++) {
            health.onFailure(ErrorCode.INTERNAL, null, now);
            health.onFailure(ErrorCode.INTERNAL, null, now);
            health.onNews(0, now);
        }
        assertThat(health.isUsable(now)).isTrue();
        for (int i = 0; i < 3; i++) {
            health.onFailure(ErrorCode.INTERNAL, null, now);
        }
        assertThat(health.isUsable(now)).isFalse();
    }

    @Test
    void whatACallerDidWrongSaysNothingOfTheWorker() {
        for (int i = 0; i < 100; i++) {
            health.onFailure(ErrorCode.INVALID_REQUEST, null, now);
        }
        assertThat(health.isUsable(now)).isTrue();
    }

    private void given() {
        health.onGiven(0, now);
        health.isSilent(0, now);
    }

    private void answers(int times, long everyMillis) {
        for (int i = 0; i < times; i++) {
            now += Duration.ofMillis(everyMillis).toNanos();
            health.onNews(0, now);
        }
        health.isSilent(0, now);
    }

    /** Looks ten times a second, as runs do; true as soon as it is silent. */
    private boolean silentWithin(long millis, long promptTokens) {
        long end = now + Duration.ofMillis(millis).toNanos();
        while (now < end) {
            now += TICK;
            if (health.isSilent(promptTokens, now)) {
                return true;
            }
        }
        return false;
    }
}
