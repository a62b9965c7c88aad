package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.TokenIds;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A decision makes the booking that it answers with, and nothing as long as the prompt. */
class DecisionMemoryTest {
    private static final int BLOCK = 16;
    private static final int BLOCKS = 512;
    private static final int WARM = 200;
    private static final int COUNTED = 500;
    private static final long MOST_BYTES = 4_096; // half of what the hashes of one prompt have

    @ParameterizedTest
    @EnumSource(
            value = RoutingPolicy.class,
            names = {"PREFIX_AFFINITY", "TIME"})
    void aDecisionAllocatesNothingAsLongAsItsPrompt(RoutingPolicy policy) {
        RouterOptions options = RouterOptions.of(policy, BLOCK);
        try (PolicyRouter router = new PolicyRouter(options, new Random(1))) {
            Router.Request[] requests = new Router.Request[8];
            for (int i = 0; i < requests.length; i++) {
                requests[i] = new Router.Request(prompt(i), CacheScope.SHARED, 1, 10, 0);
            }
            for (int i = 0; i < 4; i++) {
                FakeWorker worker = new FakeWorker(i + 1, BLOCK);
                router.add(worker);
                worker.store(new BlockHasher(BLOCK, CacheScope.SHARED)
                        .hash(requests[i].prompt())
                        .sequence());
            }
            decide(router, requests, WARM);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            decide(router, requests, COUNTED);
            assertThat((threads.getCurrentThreadAllocatedBytes() - before) / COUNTED)
                    .isBetween(1L, MOST_BYTES);
        }
    }

    private static void decide(PolicyRouter router, Router.Request[] requests, int times) {
        for (int i = 0; i < times; i++) {
            Placement placement = router.place(requests[i % requests.length]);
            placement.booking().onPrefilled();
            placement.booking().onTokens(1);
            placement.booking().release();
        }
    }

    private static TokenIds prompt(int seed) {
        return TokenIds.of(new Random(seed).ints(BLOCKS * BLOCK, 0, 100_000).toArray());
    }
}
