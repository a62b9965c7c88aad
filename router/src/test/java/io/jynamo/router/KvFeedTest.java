package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHashes;
import io.jynamo.router.index.ChainIndex;
import io.jynamo.router.index.PrefixHits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a spoilt event stream does to the index: it may know less for a while, never something untrue. */
class KvFeedTest {
    private final ChainIndex index = new ChainIndex(1 << 20);
    private final PrefixHits hits = new PrefixHits();
    private final FakeWorker worker = new FakeWorker(1, 16);
    private final List<KvFeed> stale = new ArrayList<>();
    private final KvFeed feed = new KvFeed(worker, 0, index, stale::add);

    @Test
    void followsTheWorker() {
        worker.store(1, 2);
        feed.subscribe();
        worker.store(3);
        worker.remove(2);
        assertThat(depth(1, 2, 3)).isEqualTo(1);
        worker.store(2);
        assertThat(depth(1, 2, 3)).isEqualTo(3);
        worker.clear();
        assertThat(index.blocks()).isZero();
        assertThat(stale).isEmpty();
    }

    @Test
    void aRepeatedEventIsSkipped() {
        feed.subscribe();
        worker.store(1, 2);
        worker.remove(1, 2);
        worker.emit(new KvEvent.Stored(1, null, FakeWorker.stored(List.of(1L, 2L)), Tier.DEVICE));
        assertThat(depth(1, 2)).isZero();
        assertThat(feed.faults()).isEqualTo(new KvFeed.Faults(0, 1, 0));
    }

    @Test
    void aGapMeansANewSnapshot() {
        feed.subscribe();
        worker.store(1, 2, 3);
        worker.lose(() -> worker.remove(2, 3));
        worker.store(4);
        assertThat(depth(1, 2, 3)).as("what it had counts until the snapshot").isEqualTo(3);
        assertThat(stale).containsExactly(feed);
        worker.store(5);
        assertThat(index.blocks()).as("what follows a gap does not").isEqualTo(3);
        feed.subscribe();
        assertThat(worker.listeners()).isEqualTo(1);
        assertThat(depth(1, 2, 3)).isEqualTo(1);
        worker.store(2);
        assertThat(depth(1, 2, 3)).isEqualTo(2);
        assertThat(feed.faults().gaps()).isEqualTo(1);
        assertThat(stale).hasSize(1);
    }

    @Test
    void aWorkerThatSendsNoSnapshotHasNothing() {
        feed.subscribe();
        worker.store(1, 2);
        worker.lose(() -> worker.remove(2));
        worker.store(3);
        worker.keepSnapshots();
        feed.subscribe();
        assertThat(depth(1, 2)).isEqualTo(2);
        feed.settle();
        assertThat(index.blocks()).isZero();
        worker.emit(new KvEvent.Stored(7, null, FakeWorker.stored(List.of(1L)), Tier.DEVICE));
        feed.settle();
        assertThat(depth(1, 2)).as("a snapshot that came late").isEqualTo(1);
    }

    @Test
    void aSnapshotMayBeSeveralEvents() {
        FeedCursor cursor = new FeedCursor();
        KvEvent.Stored part = new KvEvent.Stored(7, null, FakeWorker.stored(List.of()), Tier.DEVICE);
        assertThat(cursor.on(part)).isEqualTo(FeedCursor.Verdict.APPLY);
        assertThat(cursor.on(part)).isEqualTo(FeedCursor.Verdict.APPLY);
        assertThat(cursor.on(new KvEvent.Cleared(8))).isEqualTo(FeedCursor.Verdict.APPLY);
        assertThat(cursor.on(part)).isEqualTo(FeedCursor.Verdict.SKIP);
        assertThat(cursor.on(new KvEvent.Cleared(8))).isEqualTo(FeedCursor.Verdict.SKIP);
        assertThat(cursor.on(new KvEvent.Cleared(10))).isEqualTo(FeedCursor.Verdict.GAP);
    }

    @Test
    void everyTierIsFollowed() {
        feed.subscribe();
        worker.store(1);
        worker.emit(new KvEvent.Stored(2, null, FakeWorker.stored(List.of(2L)), Tier.HOST));
        worker.emit(new KvEvent.Removed(3, SequenceHashes.of(1), Tier.DISK));
        assertThat(depth(1, 2)).isEqualTo(1);
        assertThat(hits.depthOf(Tier.HOST, 0)).isEqualTo(2);
    }

    @Test
    void readsAnewWhenDroppedBlocksFit() {
        var small = new ChainIndex(ChainIndex.MIN_BYTES);
        List<KvFeed> waiting = new ArrayList<>();
        KvFeed tight = new KvFeed(worker, 0, small, waiting::add);
        tight.subscribe();
        worker.store(LongStream.rangeClosed(1, 3_000).toArray());
        assertThat(tight.faults().droppedBlocks()).isEqualTo(3_000 - small.blocks());
        assertThat(waiting).isEmpty();
        worker.remove(LongStream.rangeClosed(1, 2_950).toArray());
        assertThat(waiting).containsExactly(tight);
        tight.subscribe();
        assertThat(small.blocks()).isEqualTo(50);
    }

    @Test
    void aClosedFeedHearsNothing() {
        feed.subscribe();
        worker.store(1);
        feed.close();
        assertThat(worker.listeners()).isZero();
        feed.subscribe();
        worker.store(2);
        assertThat(index.blocks()).isZero();
    }

    @Test
    void theRouterSubscribesAnewByItself() throws InterruptedException {
        try (var router = new PolicyRouter(RouterOptions.of(RoutingPolicy.PREFIX_AFFINITY, 16), new Random(1))) {
            router.add(worker);
            worker.expectSubscription();
            worker.lose(() -> worker.store(1));
            worker.store(2);
            worker.awaitSubscription();
            assertThat(router.status().indexBlocks()).isEqualTo(2);
            assertThat(router.status().workers().getFirst().eventGaps()).isEqualTo(1);
        }
        assertThat(worker.listeners()).isZero();
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 30), LongStream.of(System.nanoTime()));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anyLossAndRepetitionEndsInTheTruth(long seed) {
        var random = new Random(seed);
        feed.subscribe();
        Set<Long> truth = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            long block = random.nextInt(60);
            boolean stores = random.nextInt(5) < 3;
            Runnable change = stores ? () -> worker.store(block) : () -> worker.remove(block);
            if (stores) {
                truth.add(block);
            } else {
                truth.remove(block);
            }
            switch (random.nextInt(12)) {
                case 0 -> worker.lose(change);
                case 1 -> {
                    change.run();
                    worker.emit(new KvEvent.Cleared(worker.lastId() - random.nextInt(3)));
                }
                default -> change.run();
            }
            if (!stale.isEmpty()) {
                stale.clear();
                feed.subscribe();
            }
        }
        worker.store(1_000);
        truth.add(1_000L);
        if (!stale.isEmpty()) {
            feed.subscribe();
        }
        for (long block = 0; block < 60; block++) {
            assertThat(depth(block)).as("seed %d, block %d", seed, block).isEqualTo(truth.contains(block) ? 1 : 0);
        }
        assertThat(index.blocks()).isEqualTo(truth.size());
    }

    private int depth(long... prompt) {
        index.find(new BlockHashes(new long[prompt.length], prompt), hits);
        return hits.depthOf(Tier.DEVICE, 0);
    }
}
