package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.TokenIds;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A decision makes the booking and the placement that it answers with, and nothing else, compiled or not. */
class DecisionMemoryTest {
    private static final int BLOCK = 16;
    private static final int BLOCKS = 512;
    private static final int HEAD = 128;
    private static final int PROMPTS = 8;
    private static final int RUNNING = 6;
    private static final int WORKERS = 4;
    private static final int WARM = 200;
    private static final int COUNTED = 200;
    private static final int ROUNDS = 10;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Placement.Booking[] running = new Placement.Booking[RUNNING];
    private int decisions;

    /** With the build's compact headers a placement has 24 bytes, a booking 56, or 64 where the worker's pace is told too. */
    @ParameterizedTest
    @CsvSource({"LEAST_LOADED, 80", "PREFIX_AFFINITY, 80", "TIME, 88"})
    void aDecisionAllocatesItsAnswerAndNothingElse(RoutingPolicy policy, long bytes) {
        RouterOptions options = RouterOptions.of(policy, BLOCK);
        try (PolicyRouter router = new PolicyRouter(options, new Random(1))) {
            Router.Request[] requests = new Router.Request[PROMPTS];
            for (int i = 0; i < requests.length; i++) {
                requests[i] = new Router.Request(prompt(i), CacheScope.SHARED, 1, 10, 0);
            }
            for (int i = 0; i < WORKERS; i++) {
                FakeWorker worker = new FakeWorker(i + 1, BLOCK);
                router.add(worker);
                worker.store(new BlockHasher(BLOCK, CacheScope.SHARED)
                        .hash(requests[i].prompt())
                        .sequence());
            }
            for (; decisions < RUNNING; decisions++) {
                running[decisions] = router.place(requests[decisions]).booking();
            }
            decide(router, requests, WARM);
            long least = Long.MAX_VALUE; // the virtual machine itself sometimes adds a little
            for (int round = 0; round < ROUNDS; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                decide(router, requests, COUNTED);
                least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / COUNTED);
            }
            assertThat(least).isEqualTo(bytes);
        }
    }

    /** Each while {@value #RUNNING} others run, whose prompts begin alike. */
    private void decide(PolicyRouter router, Router.Request[] requests, int times) {
        for (int i = 0; i < times; i++) {
            int at = decisions % RUNNING;
            running[at].release();
            Placement placement = router.place(requests[decisions++ % requests.length]);
            running[at] = placement.booking();
            running[at].onPrefilled();
            running[at].onTokens(1);
        }
    }

    private static TokenIds prompt(int seed) {
        int[] tokens = new Random(seed).ints(BLOCKS * BLOCK, 0, 100_000).toArray();
        for (int i = 0; i < HEAD * BLOCK; i++) {
            tokens[i] = i;
        }
        return TokenIds.of(tokens);
    }
}
