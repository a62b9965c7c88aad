package io.jynamo.router.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Claim;
import io.jynamo.router.Placement;
import io.jynamo.router.PolicyRouter;
import io.jynamo.router.Router;
import io.jynamo.router.Router.Request;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.RoutingPolicy;
import io.jynamo.router.Wishes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class AdmittingRouterTest {
    private static final Claim BATCH = new Claim("", 0, null, true);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private PlacesRouter places = new PlacesRouter(1, 1);
    private AdmittingRouter router = over(places, AdmissionOptions.DEFAULT);

    @AfterEach
    void close() {
        router.close();
        threads.shutdownNow();
    }

    @Test
    void aRequestThatFindsNoRoomWaitsForIt() throws Exception {
        Placement first = router.place(request(10));
        assertThat(router.placeNow(request(10))).isNull();
        Future<Placement> second = waiting(request(10));
        assertThat(router.queue()).isEqualTo(new Router.Queue(1, 10, 3));
        first.booking().release();
        get(second).booking().release();
        assertThat(router.queue()).isEqualTo(Router.Queue.EMPTY);
        assertThat(places.taken()).isZero();
        Objects.requireNonNull(router.placeNow(request(10))).booking().release();
    }

    @Test
    void aFullLineRefusesAndSaysWhen() throws Exception {
        router = over(places, options(2, 100));
        Placement running = router.place(request(10));
        Future<Placement> one = waiting(request(60));
        assertThat(refusal(request(60)).code()).as("too many tokens").isEqualTo(ErrorCode.OVERLOADED);
        Future<Placement> two = waiting(request(10));
        JynamoException refused = refusal(request(1));
        assertThat(refused.code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(refused).hasMessageContaining("2 requests with 70 prompt tokens wait");
        assertThat(Objects.requireNonNull(refused.retryAfter())).isPositive();
        running.booking().release();
        get(one).booking().release();
        get(two).booking().release();
    }

    @Test
    void withoutALineItRefusesAsBefore() {
        router = over(places, options(0, 100));
        router.place(request(1));
        JynamoException refused = catchThrowableOfType(JynamoException.class, () -> router.placeNow(request(1)));
        assertThat(refused).hasMessage("full");
    }

    @Test
    void aHigherClassOvertakesAndTenantsTakeTurns() throws Exception {
        Placement running = router.place(request(10));
        ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
        List<Future<?>> all = new ArrayList<>();
        for (String name : List.of("batch", "a", "a", "a", "b", "vip")) {
            int before = router.queue().requests();
            Claim claim = name.equals("batch") ? BATCH : new Claim(name, name.equals("vip") ? 1 : 0, null, false);
            all.add(threads.submit(() -> {
                Placement placed = router.place(request(10).withClaim(claim));
                order.add(name);
                placed.booking().release();
            }));
            await(() -> router.queue().requests() == before + 1);
            // The first has asked twice in vain, before it joined the line and in it; the others then only wait.
            await(() -> places.refused() == 2);
        }
        running.booking().release();
        for (Future<?> one : all) {
            one.get(20, TimeUnit.SECONDS);
        }
        assertThat(order).containsExactly("vip", "a", "b", "a", "a", "batch");
    }

    @Test
    void whoWaitsForOneWorkerHoldsUpNobody() throws Exception {
        places = new PlacesRouter(2, 1);
        router = over(places, AdmissionOptions.DEFAULT);
        Placement onFirst = router.place(pinned(1));
        Future<Placement> blocked = waiting(pinned(1));
        Placement other = router.place(request(10));
        assertThat(other.worker().id()).isEqualTo(new WorkerId(2));
        Future<Placement> anywhere = waiting(request(10));
        other.booking().release();
        assertThat(get(anywhere).worker().id()).isEqualTo(new WorkerId(2));
        assertThat(blocked.isDone()).isFalse();
        onFirst.booking().release();
        assertThat(get(blocked).worker().id()).isEqualTo(new WorkerId(1));
    }

    @Test
    void aNewWorkerIsRoom() throws Exception {
        router.place(request(10));
        Future<Placement> waits = waiting(request(10));
        router.add(new PlacesRouter.Idle(new WorkerId(9)));
        assertThat(get(waits).worker().id()).isEqualTo(new WorkerId(9));
    }

    @Test
    void busyWorkersAreNotGivenMoreUntilAPromptIsComputed() throws Exception {
        places = new PlacesRouter(1, 100);
        router = over(places, new AdmissionOptions(QueuePolicy.FAIR, 10, 1_000, 2.0, Map.of()));
        Placement running = router.place(request(10));
        places.busy(true);
        Future<Placement> waits = waiting(request(10));
        places.busy(false);
        running.booking().onPrefilled();
        get(waits);
    }

    @Test
    void interruptedItLeavesAndThoseBehindGoOn() throws Exception {
        Placement running = router.place(request(10));
        Future<Placement> leaves = waiting(request(10));
        Future<Placement> stays = waiting(request(10));
        leaves.cancel(true);
        await(() -> router.queue().requests() == 1);
        running.booking().release();
        get(stays).booking().release();
        assertThat(places.taken()).isZero();
    }

    @Test
    void closedItLetsEverybodyGo() throws Exception {
        router.place(request(10));
        Future<Placement> waits = waiting(request(10));
        router.close();
        assertThat(failure(waits).code()).isEqualTo(ErrorCode.NOT_READY);
        assertThat(router.queue()).isEqualTo(Router.Queue.EMPTY);
    }

    @Test
    void whoseTimeIsUpIsRefusedThen() throws Exception {
        router.place(request(10));
        Request hasty = request(10).withClaim(new Claim("", 0, Duration.ofMillis(30), false));
        JynamoException refused = catchThrowableOfType(JynamoException.class, () -> router.place(hasty));
        assertThat(refused.code()).isEqualTo(ErrorCode.DEADLINE_UNREACHABLE);
        assertThat(router.queue()).isEqualTo(Router.Queue.EMPTY);
    }

    @Test
    void whoCannotBeInTimeIsRefusedAtOnceOnceThatIsKnown() throws Exception {
        Placement running = router.place(request(10));
        List<Future<Placement>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(waiting(request(10)));
        }
        Request hasty = request(10).withClaim(new Claim("", 0, Duration.ofMillis(60), false));
        Request patient = request(10).withClaim(new Claim("", 0, Duration.ofHours(1), false));
        for (int i = 0; i < 20; i++) {
            // The gap that is measured: no shorter than this, however slow the machine.
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            running.booking().release();
            running = get(all.get(i));
        }
        // It has no claim to go before the twenty that wait, which take five milliseconds each, except by its deadline.
        JynamoException refused = catchThrowableOfType(
                JynamoException.class,
                () -> router.place(hasty.withClaim(new Claim("", -1, Duration.ofMillis(60), false))));
        assertThat(refused.code()).isEqualTo(ErrorCode.DEADLINE_UNREACHABLE);
        assertThat(refused).hasMessageContaining("with 20 requests before it");
        Future<Placement> waits = waiting(patient);
        running.booking().release();
        get(waits).booking().release();
        for (Future<Placement> one : all.subList(20, 40)) {
            get(one).booking().release();
        }
    }

    @Test
    void whoMayBePreemptedGivesWayOnceForEachThatWaits() throws Exception {
        places = new PlacesRouter(1, 3);
        router = over(places, AdmissionOptions.DEFAULT);
        List<Integer> told = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            Placement batch = router.place(request(10).withClaim(BATCH));
            batch.booking().onTokens(i == 1 ? 5 : 50 + i);
            batch.booking().onGiveWay(() -> {
                told.add(number);
                batch.booking().release();
            });
        }
        Placement first = router.place(request(10));
        assertThat(told).containsExactly(1);
        Placement second = router.place(request(10));
        assertThat(told).containsExactly(1, 0);
        assertThat(router.placeNow(request(10).withClaim(BATCH))).isNull();
        first.booking().release();
        second.booking().release();
    }

    @Test
    void whoListensLateIsToldToo() {
        Placement batch = router.place(request(10).withClaim(BATCH));
        Future<Placement> waits = waiting(request(10));
        batch.booking().onGiveWay(batch.booking()::release);
        assertThat(get(waits).worker()).isNotNull();
    }

    @Test
    void whoWaitsGoesOnWaitingWhileNoWorkerCanBeReachedForAMoment() throws Exception {
        Placement running = router.place(request(10));
        Future<Placement> waits = waiting(request(10));
        places.remove(new WorkerId(1));
        running.booking().release();
        assertThat(waits.isDone()).isFalse();
        router.add(new PlacesRouter.Idle(new WorkerId(2)));
        assertThat(get(waits).worker().id()).isEqualTo(new WorkerId(2));
    }

    @Test
    void closedInTheMiddleNothingIsLeft() throws Exception {
        places = new PlacesRouter(3, 2);
        router = over(places, options(10_000, Long.MAX_VALUE));
        AtomicInteger served = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            all.add(threads.submit(() -> {
                try {
                    router.place(request(5)).booking().release();
                    served.incrementAndGet();
                } catch (JynamoException closed) {
                    assertThat(closed.code()).isEqualTo(ErrorCode.NOT_READY);
                    refused.incrementAndGet();
                }
            }));
            if (i == 2_000) {
                router.close();
            }
        }
        for (Future<?> one : all) {
            one.get(60, TimeUnit.SECONDS);
        }
        assertThat(served.get() + refused.get()).isEqualTo(4_000);
        assertThat(refused.get()).isGreaterThanOrEqualTo(1_999);
        assertThat(router.queue()).isEqualTo(Router.Queue.EMPTY);
        assertThat(places.taken()).isZero();
    }

    @Test
    void manyThreadsOverTheRouterOfPoliciesLeaveItsBooksEmpty() throws Exception {
        var options = new RouterOptions(RoutingPolicy.LEAST_LOADED, 16, 64L << 20, 2, Duration.ofSeconds(1));
        var policies = new PolicyRouter(options, new SplittableRandom(3));
        router = new AdmittingRouter(policies, options(10_000, Long.MAX_VALUE), System::nanoTime);
        for (int i = 1; i <= 3; i++) {
            router.add(new PlacesRouter.Idle(new WorkerId(i)));
        }
        AtomicInteger most = new AtomicInteger();
        AtomicInteger running = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            all.add(threads.submit(() -> {
                Placement placed = router.place(request(20));
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                placed.booking().onPrefilled();
                running.decrementAndGet();
                placed.booking().release();
            }));
        }
        for (Future<?> one : all) {
            one.get(60, TimeUnit.SECONDS);
        }
        assertThat(most.get()).isLessThanOrEqualTo(6);
        assertThat(policies.status().workers()).allMatch(one -> one.requests() == 0 && one.prefillTokens() == 0);
        assertThat(router.queue()).isEqualTo(Router.Queue.EMPTY);
    }

    @Test
    void manyThreadsAreAllServedAndNothingIsLeft() throws Exception {
        places = new PlacesRouter(3, 2);
        router = over(places, options(10_000, Long.MAX_VALUE));
        AtomicInteger served = new AtomicInteger();
        AtomicInteger gone = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        int count = 6_000;
        for (int i = 0; i < count; i++) {
            Random random = new Random(i);
            all.add(threads.submit(() -> {
                serve(random, served, gone);
                return null;
            }));
        }
        for (Future<?> one : all) {
            one.get(60, TimeUnit.SECONDS);
        }
        assertThat(served.get() + gone.get()).isEqualTo(count);
        assertThat(served.get()).isGreaterThan(count * 9 / 10);
        assertThat(router.queue()).isEqualTo(Router.Queue.EMPTY);
        assertThat(places.taken()).isZero();
    }

    /** Some are pinned, some leave while they wait, some give way and come again. */
    private void serve(Random random, AtomicInteger served, AtomicInteger gone) throws Exception {
        Claim claim = new Claim("t" + random.nextInt(5), random.nextInt(2), null, random.nextInt(4) == 0);
        Request request = (random.nextInt(6) == 0 ? pinned(1 + random.nextInt(3)) : request(1 + random.nextInt(50)))
                .withClaim(claim);
        if (random.nextInt(30) == 0) {
            Thread hasty = Thread.startVirtualThread(() -> {
                try {
                    router.place(request).booking().release();
                    served.incrementAndGet();
                } catch (JynamoException interrupted) {
                    assertThat(interrupted.code()).isEqualTo(ErrorCode.CANCELLED);
                    gone.incrementAndGet();
                }
            });
            LockSupport.parkNanos(1);
            hasty.interrupt();
            hasty.join();
            return;
        }
        Placement placed = router.place(request);
        placed.booking().onPrefilled();
        placed.booking().onTokens(random.nextInt(9));
        placed.booking().onGiveWay(placed.booking()::release);
        if (random.nextBoolean()) {
            LockSupport.parkNanos(1);
        }
        placed.booking().release();
        served.incrementAndGet();
    }

    private Future<Placement> waiting(Request request) {
        int before = router.queue().requests();
        Future<Placement> future = threads.submit(() -> router.place(request));
        await(() -> future.isDone() || router.queue().requests() == before + 1);
        return future;
    }

    private static Placement get(Future<Placement> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError("it was not placed", failed);
        }
    }

    private static JynamoException failure(Future<Placement> future) throws Exception {
        ExecutionException failed =
                catchThrowableOfType(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS));
        return (JynamoException) Objects.requireNonNull(failed.getCause());
    }

    private JynamoException refusal(Request request) {
        return catchThrowableOfType(JynamoException.class, () -> router.place(request));
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it came about in time").isLessThan(end);
            LockSupport.parkNanos(100_000);
        }
    }

    private static AdmittingRouter over(PlacesRouter places, AdmissionOptions options) {
        return new AdmittingRouter(places, options, System::nanoTime);
    }

    private static AdmissionOptions options(int requests, long tokens) {
        return new AdmissionOptions(QueuePolicy.FAIR, requests, tokens, null, Map.of());
    }

    private static Request request(int tokens) {
        return new Request(TokenIds.of(new int[tokens]), CacheScope.SHARED, 1, 10, 0);
    }

    private static Request pinned(int worker) {
        return request(10).withWishes(Wishes.pinnedTo(new WorkerId(worker)));
    }
}
