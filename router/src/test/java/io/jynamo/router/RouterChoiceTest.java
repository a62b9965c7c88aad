package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import io.jynamo.router.Router.Request;
import io.jynamo.router.select.CostTuning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the router does beyond the least cost: sessions, predictions, spreading, explanations, large fleets. */
class RouterChoiceTest {
    private static final int BLOCK = 4;
    private final List<FakeWorker> workers = new ArrayList<>();
    private PolicyRouter router = new PolicyRouter(RouterOptions.of(RoutingPolicy.RANDOM, BLOCK), new Random(11));

    @AfterEach
    void close() {
        router.close();
    }

    @Test
    void aSessionStaysWithItsWorkerUntilThatOneLeaves() {
        useSessions(true);
        Request turn = request(prompt(1, 40)).withWishes(Wishes.NONE.withSession("s"));
        WorkerId first = router.place(turn).worker().id();
        for (int i = 0; i < 5; i++) {
            Placement next = router.place(request(prompt(i + 2, 40)).withWishes(Wishes.NONE.withSession("s")));
            assertThat(next.worker().id()).isEqualTo(first);
            assertThat(why(next).reason()).startsWith("its session was here; ");
        }
        router.remove(first);
        assertThat(router.place(turn).worker().id()).isNotEqualTo(first);
    }

    @Test
    void aSoftSessionLeavesAWorkerThatCostsMoreThanItsPrompt() {
        useSessions(false);
        Request turn = request(prompt(1, 40)).withWishes(Wishes.NONE.withSession("s"));
        WorkerId first = router.place(turn).worker().id();
        assertThat(router.place(turn).worker().id()).isEqualTo(first);
        for (int i = 0; i < 8; i++) {
            router.place(request(prompt(i + 2, 400)).withWishes(Wishes.pinnedTo(first)));
        }
        assertThat(router.place(turn).worker().id()).isNotEqualTo(first);
    }

    @Test
    void predictsWhatAWorkerHoldsThatDoesNotSaySo() {
        use(RouterOptions.of(RoutingPolicy.PREFIX_AFFINITY, BLOCK)
                .withPredictions(new RouterOptions.Predictions(Duration.ofMinutes(2), Duration.ofSeconds(5))));
        TokenIds prompt = prompt(1, 40);
        Placement placement = router.place(request(prompt));
        placement.booking().release();
        Placement again = router.place(request(prompt));
        assertThat(again.worker().id()).isEqualTo(placement.worker().id());
        assertThat(again.cachedBlocks()).isEqualTo(10);
    }

    @Test
    void aRequestMayHaveItsCostsCountedOtherwise() {
        use(RouterOptions.of(RoutingPolicy.PREFIX_AFFINITY, BLOCK));
        TokenIds prompt = prompt(1, 40);
        workers.get(2).store(hashes(prompt, CacheScope.SHARED));
        router.place(request(prompt(9, 12)).withWishes(Wishes.pinnedTo(new WorkerId(3))));
        assertThat(router.explain(request(prompt)).chosen()).isEqualTo(new WorkerId(3));
        for (CostTuning tuning :
                List.of(new CostTuning(0.0, null, null, null, null), new CostTuning(null, null, 0.0, null, null))) {
            Explanation why = router.explain(request(prompt).withWishes(Wishes.NONE.withTuning(tuning)));
            assertThat(why.chosen()).as("%s", tuning).isNotEqualTo(new WorkerId(3));
            assertThat(why.candidates())
                    .allSatisfy(one -> assertThat(one.terms().stream()
                                    .mapToDouble(Explanation.Term::value)
                                    .sum())
                            .isCloseTo(one.cost(), within(1e-9)));
        }
        Set<WorkerId> drawn = new HashSet<>();
        Wishes hot = Wishes.NONE.withTuning(new CostTuning(null, null, null, null, 1_000.0));
        for (int i = 0; i < 60; i++) {
            Placement one = router.place(request(prompt).withWishes(hot));
            drawn.add(one.worker().id());
            one.booking().release();
        }
        assertThat(drawn).as("drawn, not chosen").hasSize(5);
        assertThat(router.explain(request(prompt)).chosen())
                .as("others' costs are as before")
                .isEqualTo(new WorkerId(3));
    }

    @Test
    void countsWhatItsDecisionsFoundAndLost() {
        use(RouterOptions.of(RoutingPolicy.PREFIX_AFFINITY, BLOCK));
        TokenIds prompt = prompt(1, 40);
        workers.get(2).store(hashes(prompt, CacheScope.SHARED));
        router.place(request(prompt));
        router.place(request(prompt).withWishes(Wishes.pinnedTo(new WorkerId(1))));
        DecisionFigures figures = router.decisions();
        assertThat(figures.total().count()).isEqualTo(2);
        assertThat(figures.total().sum())
                .isCloseTo(
                        figures.hashing().sum()
                                + figures.finding().sum()
                                + figures.scheduling().sum(),
                        within(1e-9));
        assertThat(figures.hitRate().sum()).isEqualTo(1);
        assertThat(figures.nonMaxOverlap()).isEqualTo(1);
        assertThat(figures.overlapBlocksLost()).isEqualTo(10);
    }

    @Test
    void aColdBurstOfUniquePromptsIsLevel() {
        for (RoutingPolicy policy : List.of(RoutingPolicy.PREFIX_AFFINITY, RoutingPolicy.TIME)) {
            use(RouterOptions.of(policy, BLOCK));
            Map<WorkerId, Integer> given = new HashMap<>();
            for (int i = 0; i < 200; i++) {
                given.merge(router.place(request(prompt(i, 100))).worker().id(), 1, Integer::sum);
            }
            assertThat(given).as(policy.id()).hasSize(5);
            int most = given.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
            int least =
                    given.values().stream().mapToInt(Integer::intValue).min().orElseThrow();
            assertThat(most / (double) least).as(policy.id()).isLessThanOrEqualTo(1.3);
        }
    }

    @Test
    void aHotPrefixSpreadsBeforeItQueues() {
        for (RoutingPolicy policy : List.of(RoutingPolicy.PREFIX_AFFINITY, RoutingPolicy.TIME)) {
            use(RouterOptions.of(policy, BLOCK));
            TokenIds hot = prompt(1, 400);
            workers.get(2).store(hashes(hot, CacheScope.SHARED));
            Map<WorkerId, Integer> given = new HashMap<>();
            for (int i = 0; i < 100; i++) {
                int[] asked = Arrays.copyOf(hot.toArray(), 480);
                System.arraycopy(prompt(i, 80).toArray(), 0, asked, 400, 80);
                given.merge(router.place(request(TokenIds.of(asked))).worker().id(), 1, Integer::sum);
            }
            assertThat(given).as(policy.id()).hasSize(5);
            assertThat(given.get(new WorkerId(3))).as(policy.id()).isLessThan(60);
        }
    }

    @Test
    void anExplanationAddsUpAndDoesNotChangeWhatIsChosenNext() {
        for (RoutingPolicy policy : RoutingPolicy.values()) {
            List<List<WorkerId>> chosen = new ArrayList<>();
            for (boolean looks : List.of(false, true)) {
                use(RouterOptions.of(policy, BLOCK));
                List<WorkerId> each = new ArrayList<>();
                for (int i = 0; i < 30; i++) {
                    Request asked = request(prompt(i, 40));
                    if (looks) {
                        router.explain(asked)
                                .candidates()
                                .forEach(candidate -> assertThat(candidate.terms().stream()
                                                .mapToDouble(Explanation.Term::value)
                                                .sum())
                                        .isCloseTo(candidate.terms().isEmpty() ? 0 : candidate.cost(), within(1e-6)));
                    }
                    each.add(router.place(asked).worker().id());
                }
                chosen.add(each);
            }
            assertThat(chosen.get(1)).as(policy.id()).isEqualTo(chosen.get(0));
        }
    }

    @Test
    void amongManyNobodyIsChosenWhoCannotBeUsed() {
        long[] now = {0};
        try (var many =
                new PolicyRouter(RouterOptions.of(RoutingPolicy.PREFIX_AFFINITY, BLOCK), new Random(3), () -> now[0])) {
            List<FakeWorker> fleet = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                fleet.add(new FakeWorker(i + 1, BLOCK));
                many.add(fleet.get(i));
            }
            many.place(request(prompt(1, 40)));
            fleet.subList(0, 99).forEach(worker -> worker.become(WorkerState.DRAINING));
            for (int i = 0; i < 20; i++) {
                assertThat(many.place(request(prompt(i, 40))).worker().id()).isEqualTo(new WorkerId(100));
            }
            fleet.get(99).become(WorkerState.DRAINING);
            assertThatThrownBy(() -> many.place(request(prompt(1, 40))))
                    .isInstanceOfSatisfying(
                            JynamoException.class,
                            none -> assertThat(none.code()).isEqualTo(ErrorCode.NOT_READY));
            fleet.get(7).become(WorkerState.READY);
            now[0] += 2_000_000;
            assertThat(many.place(request(prompt(1, 40))).worker().id()).isEqualTo(new WorkerId(8));
        }
    }

    @Test
    void aNumberIsNotAnothersWhileRequestsOfAWorkerThatLeftStillRun() {
        use(RouterOptions.of(RoutingPolicy.PREFIX_AFFINITY, BLOCK));
        TokenIds prompt = prompt(1, 40);
        Placement running = router.place(request(prompt).withWishes(Wishes.pinnedTo(new WorkerId(1))));
        router.remove(new WorkerId(1));
        router.add(new FakeWorker(30, BLOCK));
        var booked = why(router.place(request(prompt))).candidates();
        assertThat(booked).extracting(Explanation.Candidate::bookedRequests).containsOnly(0);
        running.booking().release();
        router.add(new FakeWorker(31, BLOCK));
        assertThat(router.status().workers())
                .filteredOn(worker -> worker.worker().equals(new WorkerId(31)))
                .extracting(RouterStatus.WorkerStatus::blocks)
                .containsExactly(0L);
    }

    private void useSessions(boolean hard) {
        use(RouterOptions.of(RoutingPolicy.PREFIX_AFFINITY, BLOCK)
                .withAffinity(new Affinity(Duration.ofMinutes(1), hard)));
    }

    /** A new router over five new workers. */
    private void use(RouterOptions options) {
        router.close();
        workers.clear();
        router = new PolicyRouter(options, new Random(11));
        for (int i = 1; i <= 5; i++) {
            workers.add(new FakeWorker(i, BLOCK));
            router.add(workers.get(i - 1));
        }
    }

    private static Request request(TokenIds prompt) {
        return new Request(prompt, CacheScope.SHARED, 1, 10, 0).withExplanation();
    }

    private static Explanation why(Placement placement) {
        return Objects.requireNonNull(placement.explanation());
    }

    private static TokenIds prompt(int seed, int tokens) {
        return TokenIds.of(new Random(seed).ints(tokens, 0, 30_000).toArray());
    }

    private static long[] hashes(TokenIds prompt, CacheScope scope) {
        return new BlockHasher(BLOCK, scope).hash(prompt).sequence();
    }
}
