package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Router.Request;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the router tells those who decide whether a request waits. */
class RoomTest {
    private static final int BLOCK = 4;
    private static final int STEP = 512;

    private final FakeWorker one = new FakeWorker(1, BLOCK);
    private final FakeWorker two = new FakeWorker(2, BLOCK);
    private final PolicyRouter router =
            new PolicyRouter(RouterOptions.of(RoutingPolicy.PREFIX_AFFINITY, BLOCK), new SplittableRandom(1));

    @BeforeEach
    void offer() {
        router.add(one);
        router.add(two);
    }

    @AfterEach
    void close() {
        router.close();
    }

    @Test
    void itIsBusyWhileEveryWorkerHasMoreToComputeThanTheShareOfItsStep() {
        assertThat(router.isBusy(request(8), BusyRule.above(0))).isFalse();
        Placement first = router.place(request(STEP + 1));
        assertThat(router.isBusy(request(8), BusyRule.above(1)))
                .as("one is idle")
                .isFalse();
        Request pinned = request(8).withWishes(Wishes.pinnedTo(first.worker().id()));
        assertThat(router.isBusy(pinned, BusyRule.above(1)))
                .as("the only one it may go to")
                .isTrue();
        Placement second = router.place(request(STEP + 2));
        assertThat(second.worker().id()).isNotEqualTo(first.worker().id());
        assertThat(router.isBusy(request(8), BusyRule.above(1))).isTrue();
        assertThat(router.isBusy(request(8), BusyRule.above(2))).isFalse();
        second.booking().onPrefilled();
        assertThat(router.isBusy(request(8), BusyRule.above(1))).isFalse();
        assertThat(router.isBusy(request(8).withTried(Set.of(second.worker().id())), BusyRule.above(1)))
                .isTrue();
        first.booking().release();
        second.booking().release();
    }

    @Test
    void nobodyIsBusyWhereThereIsNobody() {
        assertThat(router.isBusy(request(8).withTried(Set.of(new WorkerId(1), new WorkerId(2))), BusyRule.above(0)))
                .isFalse();
    }

    @Test
    void itTellsWhatTheBestWorkerHasCached() {
        TokenIds prompt = TokenIds.of(new int[40]);
        Request request = new Request(prompt, CacheScope.SHARED, 1, 10, 0);
        assertThat(router.cachedTokens(request)).isZero();
        long[] hashes = new BlockHasher(BLOCK, CacheScope.SHARED).hash(prompt).sequence();
        one.store(hashes[0]);
        two.store(hashes[0], hashes[1], hashes[2]);
        assertThat(router.cachedTokens(request)).isEqualTo(3 * BLOCK);
        assertThat(router.cachedTokens(request.withTried(Set.of(new WorkerId(2)))))
                .isEqualTo(BLOCK);
        assertThat(router.cachedTokens(request.withWishes(Wishes.pinnedTo(new WorkerId(1)))))
                .isEqualTo(BLOCK);
    }

    /** Prompts of different lengths have nothing in common. */
    private static Request request(int tokens) {
        int[] ids = new int[tokens];
        Arrays.fill(ids, tokens);
        return new Request(TokenIds.of(ids), CacheScope.SHARED, 1, 10, 0);
    }
}
