package io.jynamo.router.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ChainIndexTest {
    private final ChainIndex index = new ChainIndex(1 << 20);

    @Test
    void countsLeadingBlocksPerOwner() {
        index.store(0, new long[] {11, 12, 13});
        index.store(1, new long[] {11, 12});
        index.store(2, new long[] {12, 13});
        assertThat(find(3, 11, 12, 13, 14)).containsExactly(3, 2, 0);
        assertThat(find(3, 99)).containsExactly(0, 0, 0);
        assertThat(find(3)).containsExactly(0, 0, 0);
    }

    @Test
    void aHoleHidesWhatFollowsUntilItIsFilled() {
        index.store(0, new long[] {1, 2, 3, 4});
        index.remove(0, new long[] {2});
        assertThat(find(1, 1, 2, 3, 4)).containsExactly(1);
        index.store(0, new long[] {2});
        assertThat(find(1, 1, 2, 3, 4)).containsExactly(4);
    }

    @Test
    void reportsOnlyTheOwnersAskedFor() {
        index.store(130, new long[] {1});
        assertThat(find(1, 1)).containsExactly(0);
        assertThat(find(131, 1)[130]).isEqualTo(1);
    }

    @Test
    void repeatedAndUnknownEventsChangeNothing() {
        index.store(0, new long[] {1, 1, 2});
        index.store(0, new long[] {2, 1});
        index.remove(5, new long[] {1});
        index.remove(0, new long[] {77});
        index.clear(9);
        assertThat(find(1, 1, 2)).containsExactly(2);
        assertThat(index.blocks()).isEqualTo(2);
    }

    @Test
    void staysWithinItsMemoryAndTakesBlocksAgainWhenOthersLeave() {
        var small = new ChainIndex(ChainIndex.MIN_BYTES);
        long[] first = LongStream.rangeClosed(1, 5_000).toArray();
        int dropped = small.store(0, first);
        assertThat(dropped).isEqualTo((int) (5_000 - small.mostBlocks()));
        assertThat(small.bytes()).isLessThanOrEqualTo(ChainIndex.MIN_BYTES);
        assertThat(small.hasRoom()).isFalse();
        small.remove(0, first);
        assertThat(small.hasRoom()).isTrue();
        assertThat(small.store(0, new long[] {9_001, 9_002})).isZero();
    }

    @Test
    void churnDoesNotGrowIt() {
        var small = new ChainIndex(ChainIndex.MIN_BYTES);
        var random = new SplittableRandom(5);
        for (int round = 0; round < 200; round++) {
            long[] blocks = random.longs(500).toArray();
            assertThat(small.store(round % 3, blocks)).isZero();
            small.remove(round % 3, blocks);
        }
        assertThat(small.blocks()).isZero();
        assertThat(small.bytes()).isLessThanOrEqualTo(ChainIndex.MIN_BYTES);
    }

    @Test
    void refusesAUselessLimit() {
        assertThatThrownBy(() -> new ChainIndex(1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Owner 0 keeps its chain all along, owner 1 never has any of it; no schedule of writers may show otherwise. */
    @Test
    void readersSeeTheTruthWhileWritersWork() throws Exception {
        long[] kept = new SplittableRandom(7).longs(64).toArray();
        index.store(0, kept);
        var over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
            List<Future<Long>> writers = new ArrayList<>();
            for (int writer = 0; writer < 3; writer++) {
                int owner = 2 + writer;
                writers.add(threads.submit(() -> churn(owner, kept)));
            }
            Callable<Long> reader = () -> {
                long reads = 0;
                int[] depths = new int[8];
                while (!over.get()) {
                    index.find(kept, depths);
                    if (depths[0] != kept.length || depths[1] != 0) {
                        throw new AssertionError("read " + depths[0] + " and " + depths[1]);
                    }
                    reads++;
                }
                return reads;
            };
            List<Future<Long>> readers = List.of(threads.submit(reader), threads.submit(reader));
            for (Future<Long> writer : writers) {
                writer.get();
            }
            over.set(true);
            for (Future<Long> each : readers) {
                assertThat(each.get()).isPositive();
            }
        }
    }

    private long churn(int owner, long[] kept) {
        var random = new SplittableRandom(owner);
        for (int i = 0; i < 2_000; i++) {
            long[] own = random.longs(40).toArray();
            index.store(owner, kept);
            index.store(owner, own);
            index.remove(owner, own);
            if (random.nextInt(4) == 0) {
                index.clear(owner);
            }
        }
        return 0;
    }

    private int[] find(int owners, long... prompt) {
        int[] depths = new int[owners];
        index.find(prompt, depths);
        return depths;
    }
}
