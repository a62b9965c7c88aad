package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.EventProgress;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.router.index.ChainIndex;
import io.jynamo.router.index.PrefixHits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What events that are lost or spoilt without a gap do to the index, and how long: until the next digest. */
class DriftTest {
    private static final int BLOCKS = 40;

    private final TieredWorker worker = new TieredWorker();
    private final List<KvFeed> stale = new ArrayList<>();

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 30), LongStream.of(System.nanoTime()));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everySilentFaultIsMendedByTheNextDigest(long seed) {
        var random = new Random(seed);
        var index = new ChainIndex(1 << 20);
        KvFeed feed = new KvFeed(worker, 0, index, stale::add);
        feed.subscribe();
        int faults = 0;
        for (int i = 0; i < 1_000; i++) {
            if (random.nextInt(25) == 0) {
                faults++;
                if (random.nextBoolean()) {
                    worker.loseNext();
                } else {
                    worker.spoilNext(random.nextLong());
                }
            }
            worker.change(random, BLOCKS);
            if (random.nextInt(10) == 0) {
                worker.heal();
                worker.tellDigest();
                mend(feed);
                assertThat(known(index)).as("seed %d, change %d", seed, i).isEqualTo(held());
                worker.tellDigest();
                assertThat(stale).as("mended for good").isEmpty();
            }
        }
        assertThat(faults).isPositive();
        assertThat(feed.status(0).drifts()).isBetween(1L, (long) faults);
        assertThat(feed.faults().gaps()).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void thereAreNoFalseAlarmsNotEvenWhereTheIndexIsFull(long seed) {
        var random = new Random(seed);
        var index = new ChainIndex(ChainIndex.MIN_BYTES);
        KvFeed feed = new KvFeed(worker, 0, index, stale::add);
        feed.subscribe();
        for (int i = 0; i < 12_000; i++) {
            worker.change(random, i < 9_000 ? 8_000 : BLOCKS);
            if (random.nextInt(20) == 0) {
                worker.tellDigest();
            }
            mend(feed);
        }
        assertThat(feed.faults().droppedBlocks()).as("the index was full").isPositive();
        assertThat(feed.status(0).drifts()).isZero();
        assertThat(feed.faults().gaps()).isZero();
    }

    @Test
    void aDigestOfALaterEventIsAGap() {
        KvFeed feed = new KvFeed(worker, 0, new ChainIndex(1 << 20), stale::add);
        feed.subscribe();
        worker.store(Tier.DEVICE, 1);
        worker.store(Tier.DEVICE, 2);
        worker.tell(new KvEvent.Digest(3, worker.digest().tiers()));
        assertThat(stale).containsExactly(feed);
        assertThat(feed.faults().gaps()).isEqualTo(1);
        assertThat(feed.status(0).drifts()).isZero();
    }

    @Test
    void anEmptyWorkersDigestComesBeforeItsFirstEvent() {
        KvFeed feed = new KvFeed(worker, 0, new ChainIndex(1 << 20), stale::add);
        feed.subscribe();
        worker.tellDigest();
        worker.store(Tier.HOST, 1);
        worker.tellDigest();
        assertThat(stale).isEmpty();
        assertThat(feed.status(0)).isEqualTo(new FeedStatus(1, 0, 0, 0, 0, 0));
    }

    @Test
    void aWorkerWhoseDigestsAreWrongIsReadAnewEverLessOften() {
        KvFeed feed = new KvFeed(worker, 0, new ChainIndex(1 << 20), stale::add);
        feed.subscribe();
        worker.store(Tier.DEVICE, 1);
        for (int i = 0; i < 1_000; i++) {
            worker.tell(new KvEvent.Digest(1, new TieredWorker().digest().tiers()));
            mend(feed);
        }
        assertThat(feed.status(0).drifts()).isBetween(8L, 16L);
        worker.tellDigest();
        assertThat(stale).isEmpty();
    }

    @Test
    void lagIsWhatTheWorkerSaysItToldLessWhatIsInTheIndex() {
        KvFeed feed = new KvFeed(worker, 0, new ChainIndex(1 << 20), stale::add);
        feed.subscribe();
        worker.store(Tier.DEVICE, 1);
        worker.store(Tier.DEVICE, 2);
        worker.remove(Tier.DEVICE, 2);
        assertThat(feed.status(5)).isEqualTo(new FeedStatus(2, 1, 0, 0, 0, 0));
        worker.progress = Optional.of(new EventProgress(7, 1_000));
        assertThat(feed.status(1_500)).isEqualTo(new FeedStatus(2, 1, 0, 0, 4, 500));
    }

    private void mend(KvFeed feed) {
        if (!stale.isEmpty()) {
            assertThat(stale).containsExactly(feed);
            stale.clear();
            feed.subscribe();
        }
    }

    /** Each block's first tier in the order of tiers, or none. */
    private List<String> held() {
        return blocks(block -> {
            for (Tier tier : Tier.values()) {
                if (worker.holds(tier, block)) {
                    return tier.name();
                }
            }
            return "";
        });
    }

    private List<String> known(ChainIndex index) {
        PrefixHits hits = new PrefixHits();
        return blocks(block -> {
            index.find(new BlockHashes(new long[1], new long[] {block}), hits);
            for (Tier tier : Tier.values()) {
                if (hits.depthOf(tier, 0) > 0) {
                    return tier.name();
                }
            }
            return "";
        });
    }

    private static List<String> blocks(LongFunction<String> where) {
        return LongStream.rangeClosed(1, BLOCKS)
                .mapToObj(block -> block + where.apply(block))
                .toList();
    }
}
