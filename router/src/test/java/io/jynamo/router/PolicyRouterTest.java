package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Router.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyRouterTest {
    private static final int BLOCK = 4;
    private final List<FakeWorker> workers = new ArrayList<>();
    private PolicyRouter router = router(RoutingPolicy.PREFIX_AFFINITY);

    @AfterEach
    void close() {
        router.close();
    }

    @Test
    void givesTheRequestToTheWorkerThatHasItsPrefix() {
        offer(3);
        TokenIds prompt = prompt(1, 40);
        workers.get(2).store(hashes(prompt, CacheScope.SHARED));
        Placement placement = router.place(request(prompt));
        assertThat(placement.worker().id()).isEqualTo(new WorkerId(3));
        Explanation why = why(placement);
        assertThat(why.policy()).isEqualTo("prefix-affinity");
        assertThat(why.chosen()).isEqualTo(new WorkerId(3));
        assertThat(why.reason()).isEqualTo("least cost of 3 workers: 10.0 blocks, 10 of 10 blocks cached");
        assertThat(why.candidates())
                .extracting(candidate -> candidate.hits().device())
                .containsExactly(0, 0, 10);
        assertThat(why.candidates()).extracting(Explanation.Candidate::cost).containsExactly(20.0, 20.0, 10.0);
    }

    @Test
    void explainsWhatItWouldDoAndBooksNothing() {
        offer(3);
        TokenIds prompt = prompt(1, 40);
        workers.get(1).store(hashes(prompt, CacheScope.SHARED));
        Explanation before = router.explain(request(prompt));
        assertThat(before.chosen()).isEqualTo(new WorkerId(2));
        assertThat(router.explain(request(prompt))).isEqualTo(before);
        assertThat(router.status().workers())
                .extracting(RouterStatus.WorkerStatus::requests)
                .containsOnly(0);
        assertThat(router.place(request(prompt)).explanation()).isEqualTo(before);
    }

    @Test
    void keepsScopesApart() {
        offer(2);
        TokenIds prompt = prompt(1, 40);
        workers.get(1).store(hashes(prompt, new CacheScope(null, "tenant")));
        Placement other = router.place(request(prompt));
        assertThat(why(other).candidates())
                .extracting(candidate -> candidate.hits().device())
                .containsOnly(0);
        Placement same = router.place(new Request(prompt, new CacheScope(null, "tenant"), 1, 10, 0).withExplanation());
        assertThat(same.worker().id()).isEqualTo(new WorkerId(2));
    }

    @Test
    void readsWhatAWorkerHadBeforeItCame() {
        FakeWorker early = new FakeWorker(9, BLOCK);
        TokenIds prompt = prompt(1, 40);
        early.store(hashes(prompt, CacheScope.SHARED));
        offer(2);
        router.add(early);
        assertThat(router.place(request(prompt)).worker().id()).isEqualTo(new WorkerId(9));
    }

    @Test
    void aHotPrefixSpreadsAsItsWorkerFills() {
        offer(5);
        TokenIds head = prompt(7, 200);
        workers.get(0).store(hashes(head, CacheScope.SHARED));
        int[] chosen = new int[6];
        for (int i = 0; i < 60; i++) {
            chosen[worker(router.place(request(head.plus(prompt(100 + i, 20)))))]++;
        }
        assertThat(chosen[1])
                .as("the first to have it")
                .isEqualTo(IntStream.of(chosen).max().orElseThrow());
        for (int id = 1; id <= 5; id++) {
            assertThat(chosen[id]).as("worker %d", id).isGreaterThanOrEqualTo(5);
        }
    }

    @Test
    void aHotPrefixStaysWhereItIsWhileLoadIsLow() {
        offer(5);
        TokenIds head = prompt(7, 200);
        workers.get(3).store(hashes(head, CacheScope.SHARED));
        for (int i = 0; i < 20; i++) {
            Placement placement = router.place(request(head.plus(prompt(100 + i, 20))));
            assertThat(worker(placement)).isEqualTo(4);
            placement.booking().release();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PREFIX_AFFINITY", "LEAST_LOADED", "ROUND_ROBIN"})
    void aColdBurstIsLevel(RoutingPolicy policy) {
        use(router(policy));
        offer(5);
        int[] chosen = new int[6];
        for (int i = 0; i < 100; i++) {
            chosen[worker(router.place(request(prompt(i, 30 + i % 7))))]++;
        }
        int most = IntStream.rangeClosed(1, 5).map(id -> chosen[id]).max().orElseThrow();
        int least = IntStream.rangeClosed(1, 5).map(id -> chosen[id]).min().orElseThrow();
        assertThat((double) most / least).isLessThanOrEqualTo(1.3);
    }

    @Test
    void takesTurns() {
        use(router(RoutingPolicy.ROUND_ROBIN));
        offer(3);
        List<Integer> turns = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            turns.add(worker(router.place(request(prompt(1, 5)))));
        }
        assertThat(turns).containsExactly(1, 2, 3, 1, 2, 3, 1);
    }

    @Test
    void drawsTheSameUnderTheSameSeed() {
        List<List<Integer>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            use(router(RoutingPolicy.RANDOM));
            offer(4);
            runs.add(IntStream.range(0, 50)
                    .map(i -> worker(router.place(request(prompt(i, 5)))))
                    .boxed()
                    .toList());
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1));
        assertThat(runs.get(0)).contains(1, 2, 3, 4);
    }

    @Test
    void prefersTheWorkerThatFinished() {
        use(router(RoutingPolicy.LEAST_LOADED));
        offer(2);
        Placement first = router.place(request(prompt(1, 50)));
        Placement second = router.place(request(prompt(2, 50)));
        assertThat(second.worker().id()).isNotEqualTo(first.worker().id());
        second.booking().release();
        assertThat(router.place(request(prompt(3, 50))).worker().id())
                .isEqualTo(second.worker().id());
    }

    @Test
    void refusesByNameWhenThereIsNobodyOrEverybodyIsFull() {
        assertThatThrownBy(() -> router.place(request(prompt(1, 5))))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));
        use(new PolicyRouter(
                new RouterOptions(RoutingPolicy.LEAST_LOADED, BLOCK, 1 << 20, 2, Duration.ofSeconds(3)),
                new Random(1)));
        offer(2);
        List<Placement> placed = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            placed.add(router.place(request(prompt(i, 5))));
        }
        assertThatThrownBy(() -> router.place(request(prompt(9, 5))))
                .isInstanceOfSatisfying(JynamoException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
                    assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(3));
                })
                .hasMessageContaining("all 2 workers have 2 requests");
        placed.get(1).booking().release();
        assertThat(router.place(request(prompt(9, 5))).worker().id())
                .isEqualTo(placed.get(1).worker().id());
    }

    /** Of two full workers, one ends a request every 400 ms, the other one every 5 s. */
    @Test
    void aRefusedClientIsToldWhenAPlaceIsLikelyToComeFree() {
        long[] now = {0};
        use(new PolicyRouter(
                new RouterOptions(RoutingPolicy.ROUND_ROBIN, BLOCK, 1 << 20, 4, Duration.ofSeconds(3)),
                new Random(1),
                () -> now[0]));
        offer(2);
        List<List<Placement>> placed = List.of(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < 8; i++) {
            placed.get(i % 2).add(router.place(request(prompt(i, 5))));
        }
        assertThat(retryAfter()).as("before any ended").isEqualTo(Duration.ofSeconds(3));
        for (int i = 0; i < 3; i++) {
            now[0] += 400_000_000L;
            placed.get(0).get(i).booking().release();
        }
        for (int i = 0; i < 3; i++) {
            now[0] += 5_000_000_000L;
            placed.get(1).get(i).booking().release();
        }
        for (int i = 0; i < 6; i++) {
            router.place(request(prompt(i, 5)));
        }
        assertThat(retryAfter())
                .as("the first is silent for longer than its mean")
                .isEqualTo(Duration.ofSeconds(5));
        placed.get(0).get(3).booking().release();
        router.place(request(prompt(9, 5)));
        now[0] += 100_000_000L;
        assertThat(retryAfter()).isLessThan(Duration.ofMillis(2_500)).isGreaterThan(Duration.ofMillis(400));
    }

    private Duration retryAfter() {
        var refusal = catchThrowableOfType(JynamoException.class, () -> router.place(request(prompt(9, 5))));
        assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED);
        return Objects.requireNonNull(refusal.retryAfter());
    }

    @Test
    void aRemovedWorkerGetsNothingAndItsBookingsEnd() {
        offer(2);
        TokenIds prompt = prompt(1, 40);
        workers.get(0).store(hashes(prompt, CacheScope.SHARED));
        Placement placement = router.place(request(prompt));
        assertThat(worker(placement)).isEqualTo(1);
        router.remove(new WorkerId(1));
        router.remove(new WorkerId(77));
        assertThat(workers.get(0).listeners()).isZero();
        assertThat(router.status().indexBlocks()).isZero();
        placement.booking().onTokens(5);
        placement.booking().release();
        assertThat(worker(router.place(request(prompt)))).isEqualTo(2);
        workers.get(0).store(hashes(prompt, CacheScope.SHARED));
        assertThat(router.status().indexBlocks()).isZero();
    }

    @Test
    void aWorkerThatComesLaterTakesOverNoBlocksOfOneThatLeft() {
        offer(2);
        TokenIds prompt = prompt(1, 40);
        workers.get(0).store(hashes(prompt, CacheScope.SHARED));
        router.remove(new WorkerId(1));
        router.add(new FakeWorker(30, BLOCK));
        assertThat(why(router.place(request(prompt))).candidates())
                .extracting(candidate -> candidate.hits().device())
                .containsOnly(0);
    }

    @Test
    void refusesWhatCannotWork() {
        offer(1);
        assertThatThrownBy(() -> router.add(workers.get(0))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> router.add(new FakeWorker(50, BLOCK * 2)))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("8 tokens");
        assertThatThrownBy(() -> RoutingPolicy.named("fastest")).hasMessageContaining("least-loaded");
        assertThatThrownBy(() -> new RouterOptions(RoutingPolicy.RANDOM, 0, 1 << 20, 1, Duration.ofSeconds(1)))
                .isInstanceOf(JynamoException.class);
        router.close();
        assertThatThrownBy(() -> router.place(request(prompt(1, 5))))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));
        assertThat(workers.get(0).listeners()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void booksAndReleasesExactlyOnceUnderManyThreads(RoutingPolicy policy) throws Exception {
        use(router(policy));
        offer(4);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                int seed = i;
                running.add(threads.submit(() -> {
                    Placement placement = router.place(request(prompt(seed % 10, 60)));
                    placement.booking().onPrefilled();
                    placement.booking().onTokens(seed);
                    placement.booking().release();
                    placement.booking().release();
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        assertThat(router.status().workers()).hasSize(4).allSatisfy(worker -> {
            assertThat(worker.requests()).isZero();
            assertThat(worker.prefillTokens()).isZero();
            assertThat(worker.blocks()).isZero();
        });
    }

    private static PolicyRouter router(RoutingPolicy policy) {
        return new PolicyRouter(RouterOptions.of(policy, BLOCK), new Random(11));
    }

    private void use(PolicyRouter next) {
        router.close();
        router = next;
        workers.clear();
    }

    private void offer(int count) {
        for (int i = 1; i <= count; i++) {
            FakeWorker worker = new FakeWorker(i, BLOCK);
            workers.add(worker);
            router.add(worker);
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

    private static int worker(Placement placement) {
        return (int) placement.worker().id().value();
    }
}
