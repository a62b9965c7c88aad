package io.jynamo.router.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.BusyRule;
import io.jynamo.router.Claim;
import io.jynamo.router.Placement;
import io.jynamo.router.Router;
import io.jynamo.router.Router.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of several policy classes before one full router. */
@Timeout(60)
class AdmissionClassesTest {
    private static final PolicyClass.Limits FEW = new PolicyClass.Limits(1L, null, null);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final PlacesRouter places = new PlacesRouter(0, 1);
    // The router below has 3 tokens of each prompt in its cache.
    private final AdmittingRouter router = new AdmittingRouter(
            places,
            AdmissionOptions.DEFAULT.withClasses(new PolicyClasses(
                    List.of(
                            classOf("short", 100, BusyRule.NEVER, PolicyClass.Limits.NONE),
                            classOf("long", 100, BusyRule.NEVER, FEW),
                            classOf("calm", 300, new BusyRule(0L, null), PolicyClass.Limits.NONE)),
                    List.of(0L, 50L),
                    Map.of("standard", List.of(0, 1)),
                    "standard")),
            // Time stands still, so that nobody looks again unasked.
            () -> 0);

    @BeforeEach
    void offer() {
        router.add(new PlacesRouter.Idle(new WorkerId(1)));
    }

    @AfterEach
    void close() {
        router.close();
        threads.shutdownNow();
    }

    @Test
    void classesTakeTurnsByTheirQuanta() throws Exception {
        Placement running = router.place(request(10, null));
        BlockingQueue<Map.Entry<String, Placement>> served = new LinkedBlockingQueue<>();
        List<String> names = List.of("s", "s", "s", "c", "c", "c", "c");
        for (String name : names) {
            int before = router.queue().requests();
            // Of 52 tokens 49 are to be computed, of 103 they are 100.
            Request request = name.equals("s") ? request(52, null) : request(103, "calm");
            threads.execute(() -> served.add(Map.entry(name, router.place(request))));
            await(() -> router.queue().requests() == before + 1);
        }
        assertThat(router.queues())
                .isEqualTo(Map.of(
                        "short", new Router.Queue(3, 156, 9),
                        "long", Router.Queue.EMPTY,
                        "calm", new Router.Queue(4, 412, 12)));
        List<String> order = new ArrayList<>();
        // The first of each class asks before it joins the line and in it; then the first of each whenever one was
        // served.
        int inVain = 4;
        for (int i = 0; i < names.size(); i++) {
            int asked = inVain;
            await(() -> places.refused() == asked);
            running.booking().release();
            var next = Objects.requireNonNull(served.poll(20, TimeUnit.SECONDS));
            order.add(next.getKey());
            running = next.getValue();
            inVain += (int) router.queues().values().stream()
                    .filter(queue -> queue.requests() > 0)
                    .count();
        }
        running.booking().release();
        assertThat(order).containsExactly("s", "s", "c", "c", "c", "s", "c");
        assertThat(router.queue()).isEqualTo(Router.Queue.EMPTY);
        assertThat(places.taken()).isZero();
    }

    @Test
    void aFullClassRefusesAndOthersStillWait() throws Exception {
        Placement running = router.place(request(10, null));
        Future<Placement> waits = waiting(request(200, null));
        JynamoException refused = catchThrowableOfType(JynamoException.class, () -> router.place(request(200, null)));
        assertThat(refused.code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(refused)
                .hasMessageContaining("class `long`")
                .hasMessageContaining("1 requests of it wait, as many as may (1 for each of 1 workers)");
        assertThat(Objects.requireNonNull(refused.retryAfter())).isPositive();
        Future<Placement> shorter = waiting(request(10, "long"));
        running.booking().release();
        // The ring begins with its class.
        shorter.get(20, TimeUnit.SECONDS).booking().release();
        waits.get(20, TimeUnit.SECONDS).booking().release();
    }

    @Test
    void whoWaitsForCalmHoldsUpNobodyWhoNeedsNone() throws Exception {
        places.busy(true);
        Future<Placement> calm = waiting(request(10, "calm"));
        Placement other = router.place(request(10, null));
        assertThat(calm.isDone()).isFalse();
        places.busy(false);
        other.booking().release();
        calm.get(20, TimeUnit.SECONDS).booking().release();
    }

    private Future<Placement> waiting(Request request) {
        int before = router.queue().requests();
        Future<Placement> future = threads.submit(() -> router.place(request));
        await(() -> router.queue().requests() == before + 1);
        return future;
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it came about in time").isLessThan(end);
            LockSupport.parkNanos(100_000);
        }
    }

    private static PolicyClass classOf(String name, long quantum, BusyRule busy, PolicyClass.Limits limits) {
        return new PolicyClass(name, QueuePolicy.FCFS, quantum, busy, limits);
    }

    private static Request request(int tokens, @Nullable String policyClass) {
        return new Request(TokenIds.of(new int[tokens]), CacheScope.SHARED, 1, 10, 0)
                .withClaim(Claim.ORDINARY.withPolicyClass(policyClass));
    }
}
