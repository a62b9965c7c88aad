package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
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

    private PolicyRouter router() {
        PolicyRouter router = new PolicyRouter(RouterOptions.of(RoutingPolicy.TIME, BLOCK), new Random(3), () -> now);
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
        try (PolicyRouter late = router();
                PolicyRouter punctual = router()) {
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
