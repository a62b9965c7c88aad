package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A booking that was released and is told more belongs to no request: memory that it used may be another's by then. Beside
 * a router whose callers come late stands one whose callers do not, and both must choose and explain alike.
 */
class LateCallsTest {
    private static final int BLOCK = 16;
    private static final int WORKERS = 3;
    private static final int STEPS = 600;

    private long now = 1;

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 8), LongStream.of(System.nanoTime()));
    }

    private static PolicyRouter router(LongSupplier clock) {
        PolicyRouter router = new PolicyRouter(RouterOptions.of(RoutingPolicy.TIME, BLOCK), new Random(3), clock);
        for (int i = 1; i <= WORKERS; i++) {
            router.add(new FakeWorker(i, BLOCK));
        }
        return router;
    }

    /** One request, as booked by each router. */
    private record Both(Placement.Booking late, Placement.Booking punctual) {}

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void changeNothingOfWhatIsBookedOrExpected(long seed) {
        var random = new SplittableRandom(seed);
        try (PolicyRouter late = router(() -> now);
                PolicyRouter punctual = router(() -> now)) {
            List<Both> open = new ArrayList<>();
            List<Both> over = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                now += random.nextInt(20_000_000);
                Router.Request request = request(random);
                if (open.isEmpty() || random.nextInt(3) == 0) {
                    Placement one = late.place(request);
                    Placement other = punctual.place(request);
                    assertThat(one.worker().id()).isEqualTo(other.worker().id());
                    open.add(new Both(one.booking(), other.booking()));
                } else {
                    int at = random.nextInt(open.size());
                    Both both = open.get(at);
                    int event = random.nextInt(6);
                    tell(both.late, event);
                    tell(both.punctual, event);
                    if (event > 3) {
                        over.add(open.remove(at));
                    }
                }
                if (!over.isEmpty()) {
                    tell(over.get(random.nextInt(over.size())).late, random.nextInt(5));
                }
                assertThat(late.explain(request))
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(punctual.explain(request));
            }
            assertThat(late.status().workers()).isEqualTo(punctual.status().workers());
        }
    }

    /** Whoever is late is so while others are booked: once all have ended, nothing is booked or expected of anybody. */
    @Test
    void leaveNothingBehindOnManyThreads() throws Exception {
        var clock = new AtomicLong();
        try (PolicyRouter router = router(() -> clock.addAndGet(100_000));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> lives = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                var random = new SplittableRandom(i);
                lives.add(threads.submit(() -> live(router, threads, random)));
            }
            for (Future<?> life : lives) {
                life.get();
            }
            for (RouterStatus.WorkerStatus worker : router.status().workers()) {
                assertThat(worker.requests()).isZero();
                assertThat(worker.prefillTokens()).isZero();
                assertThat(worker.blocks()).isZero();
            }
            assertThat(company(router)).hasSize(2 * WORKERS).containsOnly(0.0);
            router.place(request(new SplittableRandom(1))).booking().onPrefilled();
            assertThat(company(router)).as("what a request would leave").anyMatch(each -> each > 0);
        }
    }

    /** What a new prompt would cost beside others on each worker: nothing where it is expected to have no request. */
    private static List<Double> company(PolicyRouter router) {
        int[] prompt = new int[20 * BLOCK];
        prompt[0] = 99;
        return router
                .explain(new Router.Request(TokenIds.of(prompt), CacheScope.SHARED, 1, 10, 0))
                .candidates()
                .stream()
                .flatMap(candidate -> candidate.terms().stream())
                .filter(term -> Set.of("others_stall", "decode_slowdown").contains(term.name()))
                .map(Explanation.Term::value)
                .toList();
    }

    private static void live(PolicyRouter router, ExecutorService threads, SplittableRandom random) {
        for (int i = 0; i < 20; i++) {
            Placement.Booking booking = router.place(request(random)).booking();
            booking.onPrefilled();
            threads.execute(() -> {
                for (int event = 0; event < 5; event++) {
                    tell(booking, event);
                    tell(booking, 1);
                }
            });
            tell(booking, 2);
            tell(booking, random.nextInt(1, 6));
            booking.release();
        }
    }

    private static Router.Request request(SplittableRandom random) {
        int[] prompt = new int[1 + random.nextInt(20 * BLOCK)];
        prompt[0] = random.nextInt(5);
        return new Router.Request(TokenIds.of(prompt), CacheScope.SHARED, 1, 10, 0);
    }

    /** The last two end it. What a caller says of a failure is the worker's, whenever it comes, and so is not said late. */
    private static void tell(Placement.Booking booking, int event) {
        switch (event) {
            case 0 -> booking.onPrefilled();
            case 1, 2 -> booking.onTokens(3);
            case 3 -> booking.onCached(5);
            case 4 -> booking.release();
            default -> booking.onFailure(ErrorCode.INVALID_REQUEST, null);
        }
    }
}
