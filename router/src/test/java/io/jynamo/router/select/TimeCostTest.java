package io.jynamo.router.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.router.select.Candidates.Booked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimeCostTest {
    private static final long MILLI = 1_000_000;
    private static final int BLOCK = 64;

    private final FleetPace fleet = new FleetPace();
    private final WorkerPace pace = new WorkerPace(fleet);
    private long now = 1_000 * MILLI;

    @Test
    void learnsTheFleetsLineFromNoisyPrompts() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 2_000; i++) {
            int tokens = random.nextInt(10, 8_000);
            prefill(pace, tokens, (50 + 0.1 * tokens) * (0.8 + 0.4 * random.nextDouble()));
        }
        Outlook learned = outlook(pace);
        assertThat(learned.prefillMillis(1_000)).isCloseTo(150, within(15.0));
        assertThat(learned.prefillMillis(8_000)).isCloseTo(850, within(85.0));
    }

    @Test
    void oneMonstrousPromptDoesNotMakeItAbsurd() {
        for (int i = 0; i < 200; i++) {
            prefill(pace, 1_000 + i, 40);
        }
        double before = outlook(pace).prefillMillis(1_000);
        prefill(pace, 1_000, 1e7);
        assertThat(outlook(pace).prefillMillis(1_000)).isBetween(before, 2.5 * before);
    }

    @Test
    void isSaneBeforeItHasSeenAnything() {
        Outlook outlook = outlook(pace);
        assertThat(outlook.waitMillis).isZero();
        assertThat(outlook.prefillMillis(0)).isBetween(1.0, 100.0);
        assertThat(outlook.prefillMillis(10_000)).isBetween(50.0, 2_000.0);
    }

    @Test
    void aWorkerThatDriftsIsFoundSlowAndForgiven() {
        WorkerPace other = new WorkerPace(fleet);
        for (int i = 0; i < 300; i++) {
            prefill(pace, 2_000, 60);
            prefill(other, 2_000, 60);
        }
        for (int i = 0; i < 30; i++) {
            prefill(pace, 2_000, 240);
            prefill(other, 2_000, 60);
        }
        double healthy = outlook(other).prefillMillis(2_000);
        assertThat(outlook(pace).prefillMillis(2_000)).isGreaterThan(2 * healthy);
        now += 600_000 * MILLI;
        double forgiven = outlook(other).prefillMillis(2_000);
        assertThat(outlook(pace).prefillMillis(2_000)).isCloseTo(forgiven, within(0.1 * forgiven));
    }

    @Test
    void aWorkerThatFoundMoreThanWasExpectedIsNotTakenForAFastOne() {
        var other = new WorkerPace(fleet);
        for (int i = 0; i < 100; i++) {
            prefill(other, 4_000, 100);
            prefill(other, 400, 28);
            WorkerPace.Given first = pace.onGiven(prompt(4_000, 4_000, true), now);
            WorkerPace.Given second = pace.onGiven(prompt(4_000, 4_000, true), now);
            now += 36 * MILLI;
            pace.onPrefilled(first, 4_000, now);
            pace.onPrefilled(second, 0, now);
            now += 50 * MILLI;
            pace.onCached(second, 3_600, now);
            pace.onEnd(second, true, 0, now);
            pace.onCached(first, 3_600, now);
            pace.onCached(first, 0, now);
            pace.onEnd(first, true, 0, now);
        }
        double like = outlook(other).prefillMillis(4_000);
        assertThat(outlook(pace).prefillMillis(4_000)).isCloseTo(like, within(0.1 * like));
        assertThat(like).isCloseTo(100, within(10.0));
    }

    /** 20 us a token and 10 ms; what comes with or after a prompt does not matter, nor does 50 ms of anything else. */
    @Test
    void noticesThatPromptsAreComputedSideBySide() {
        SplittableRandom random = new SplittableRandom(3);
        PriorityQueue<Long> due = new PriorityQueue<>();
        Map<Long, WorkerPace.Given> running = new HashMap<>();
        for (int i = 0; i < 1_000; i++) {
            int tokens = random.nextInt(100, 8_000);
            WorkerPace.Given given = pace.onGiven(prompt(tokens, tokens, false), now);
            long at = now + (long) ((10 + 0.02 * tokens - 50 * Math.log(1 - random.nextDouble())) * MILLI) + i % 1_000;
            due.add(at);
            running.put(at, given);
            while (due.size() > 6) {
                now = due.remove();
                WorkerPace.Given done = Objects.requireNonNull(running.remove(now));
                pace.onPrefilled(done, 0, now);
                pace.onEnd(done, true, 0, now);
            }
        }
        Outlook outlook = outlook(pace);
        assertThat(outlook.prefillMillis(4_000)).isCloseTo(80, within(16.0));
        assertThat(outlook.waitMillis)
                .as("the latency, and little of some 24,000 tokens")
                .isBetween(50.0, 150.0);
    }

    @Test
    void andThatTheyAreComputedInTurnWhateverHoldsFirstTokensUp() {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 400; i++) {
            long begun = now;
            List<WorkerPace.Given> all = new ArrayList<>();
            int[] sizes = random.ints(3, 100, 8_000).toArray();
            for (int tokens : sizes) {
                all.add(pace.onGiven(prompt(tokens, tokens, false), now));
            }
            long left = Arrays.stream(sizes).sum();
            for (int k = 0; k < sizes.length; k++) {
                left -= sizes[k];
                long computed = begun + (long) (0.02 * (Arrays.stream(sizes).sum() - left) * MILLI);
                now = Math.max(now, computed + (long) (-50 * Math.log(1 - random.nextDouble()) * MILLI));
                pace.onPrefilled(all.get(k), left, now);
                pace.onEnd(all.get(k), true, left, now);
            }
        }
        pace.onGiven(prompt(8_000, 8_000, false), now);
        assertThat(outlook(pace).waitMillis).isGreaterThan(140);
    }

    @Test
    void waitsForWhatItWasGivenAndNoLongerOnceItIsComputed() {
        WorkerPace.Given given = pace.onGiven(prompt(8_000, 8_000, false), now);
        double whole = outlook(pace).waitMillis;
        assertThat(whole).isCloseTo(outlook(pace).prefillMillis(8_000), within(1.0));
        now += 50 * MILLI;
        assertThat(outlook(pace).waitMillis).isCloseTo(whole - 50, within(0.1));
        pace.onPrefilled(given, 0, now);
        assertThat(outlook(pace).waitMillis).isZero();
        assertThat(outlook(pace).streams).isEqualTo(1);
        pace.onTokens(given, 5, now);
        assertThat(outlook(pace).contextTokens).isEqualTo(8_005);
        pace.onEnd(given, true, 0, now);
        pace.onEnd(given, true, 0, now);
        assertThat(outlook(pace).contextTokens).isZero();
        assertThat(outlook(pace).streams).isZero();
    }

    @Test
    void aRequestThatFailsBeforeItsPromptLeavesNothing() {
        WorkerPace.Given given = pace.onGiven(prompt(500, 100, false), now);
        pace.onEnd(given, false, 0, now);
        pace.onPrefilled(given, 0, now);
        pace.onTokens(given, 3, now);
        Outlook outlook = outlook(pace);
        assertThat(outlook.waitMillis).isZero();
        assertThat(outlook.waiting + outlook.streams).isZero();
        assertThat(outlook.contextTokens).isZero();
    }

    @Test
    void prefersTheCachedWorkerUntilItsQueueCostsMore() {
        assertThat(cheaper(60, 0)).isZero();
        assertThat(cheaper(60, 5_000)).isEqualTo(1);
        assertThat(cheaper(0, 100)).isEqualTo(1);
    }

    /** Of a worker that has {@code hits} blocks and waits, and an idle one without. */
    private static int cheaper(int hits, double waitMillis) {
        Candidates candidates = new Candidates(64 * BLOCK, BLOCK, 2);
        Booked idle = new Booked(0, 0, 0, 0, -1);
        candidates.add(0, hits, idle);
        candidates.expect(0, outlook(waitMillis));
        candidates.add(1, 0, idle);
        candidates.expect(1, outlook(0));
        TimeCost cost = new TimeCost();
        CostModel.Decision plain = CostModel.Decision.PLAIN;
        return cost.cost(candidates, plain, 0) < cost.cost(candidates, plain, 1) ? 0 : 1;
    }

    private static Outlook outlook(double waitMillis) {
        Outlook outlook = new Outlook();
        outlook.waitMillis = waitMillis;
        outlook.prefillBase = 20;
        outlook.prefillPerToken = 0.02;
        outlook.fetchPerHostToken = 0.005;
        outlook.fetchPerFarToken = 0.015;
        outlook.stepPerToken = 1e-5;
        outlook.outputTokens = 200;
        outlook.reuse = 0.2;
        outlook.followers = 0.1;
        outlook.returns = 0.25;
        return outlook;
    }

    private Outlook outlook(WorkerPace of) {
        Outlook outlook = new Outlook();
        of.outlook(now, outlook);
        return outlook;
    }

    private static WorkerPace.Prompt prompt(int tokens, int uncached, boolean countedLater) {
        return new WorkerPace.Prompt().set(tokens, uncached, countedLater);
    }

    private void prefill(WorkerPace worker, int tokens, double millis) {
        WorkerPace.Given given = worker.onGiven(prompt(tokens, tokens, false), now);
        now += (long) (millis * MILLI);
        worker.onPrefilled(given, 0, now);
        worker.onEnd(given, true, 0, now);
    }

    @Test
    void learnsWhatFetchingFromHostMemoryTakes() {
        for (int i = 0; i < 200; i++) {
            prefill(pace, 2_000, 20 + 0.02 * 2_000);
        }
        double before = outlook(pace).fetchPerHostToken;
        for (int i = 0; i < 100; i++) {
            WorkerPace.Given given = pace.onGiven(prompt(4_000, 1_000, false).fetching(3_000, 0), now);
            now += (long) ((20 + 0.02 * 1_000 + 0.001 * 3_000) * MILLI);
            pace.onPrefilled(given, 0, now);
            pace.onEnd(given, true, 0, now);
        }
        assertThat(before).isCloseTo(0.25 * 0.02, within(0.001));
        assertThat(outlook(pace).fetchPerHostToken).isCloseTo(0.001, within(0.0005));
    }

    @Test
    void aBlockInHostMemoryIsWorthLessThanOneOnTheDeviceAndMoreThanNone() {
        Candidates candidates = new Candidates(64 * BLOCK, BLOCK, 3);
        candidates.begin(64 * BLOCK, new long[64], 64, 4);
        for (int i = 0; i < 3; i++) {
            candidates.add(i, i == 0 ? 60 : 0, new Booked(0, 0, 0, 0, -1));
            candidates.expect(i, outlook(0));
        }
        for (Tier lower : List.of(Tier.HOST, Tier.DISK, Tier.REMOTE)) {
            candidates.depths(lower)[0] = 60;
            candidates.depths(lower)[1] = 60;
        }
        TimeCost cost = new TimeCost();
        double device = cost.cost(candidates, CostModel.Decision.PLAIN, 0);
        double host = cost.cost(candidates, CostModel.Decision.PLAIN, 1);
        assertThat(host).isGreaterThan(device).isLessThan(cost.cost(candidates, CostModel.Decision.PLAIN, 2));
        double[] sum = {0};
        cost.explain(candidates, CostModel.Decision.PLAIN, 1, (name, value) -> sum[0] += value);
        assertThat(sum[0]).isCloseTo(host, within(1e-9));
    }
}
