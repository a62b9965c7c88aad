package io.jynamo.router.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHashes;
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
    private static final BlockHashes FIVE = Chains.of(11, 12, 13, 14, 15);

    private final long[] now = {100};
    private final ChainIndex index = new ChainIndex(1 << 20, () -> now[0]);
    private final PrefixHits hits = new PrefixHits();

    @Test
    void countsLeadingBlocksPerOwner() {
        store(0, FIVE, 0, 3);
        store(1, FIVE, 0, 2);
        assertThat(find(3, FIVE)).containsExactly(3, 2, 0);
        assertThat(find(3, Chains.of(99))).containsExactly(0, 0, 0);
        assertThat(find(3, Chains.of())).containsExactly(0, 0, 0);
    }

    @Test
    void answersInStepsOfOwnersAndDepth() {
        for (int owner = 0; owner < 100; owner++) {
            store(owner, FIVE, 0, owner < 3 ? 4 : 2);
        }
        index.find(FIVE, hits);
        assertThat(hits.steps(Tier.DEVICE)).isEqualTo(2);
        assertThat(hits.depth(Tier.DEVICE, 0)).isEqualTo(2);
        assertThat(hits.depth(Tier.DEVICE, 1)).isEqualTo(4);
        assertThat(hits.holds(Tier.DEVICE, 0, 99)).isTrue();
        assertThat(hits.holds(Tier.DEVICE, 1, 2)).isTrue();
        assertThat(hits.holds(Tier.DEVICE, 1, 3)).isFalse();
        assertThat(hits.deepest()).isEqualTo(4);
    }

    @Test
    void aHoleHidesWhatFollowsUntilItIsFilled() {
        store(0, FIVE, 0, 4);
        remove(0, FIVE, 1, 2);
        assertThat(find(1, FIVE)).containsExactly(1);
        store(0, FIVE, 1, 2);
        assertThat(find(1, FIVE)).containsExactly(4);
    }

    @Test
    void aTierCountsWhatIsOnItOrBeforeIt() {
        index.on(0, Chains.stored(FIVE, 0, 4, Tier.DEVICE));
        index.on(0, Chains.stored(FIVE, 1, 4, Tier.HOST));
        index.on(0, new KvEvent.Removed(0, SequenceHashes.of(FIVE.sequence()[2], FIVE.sequence()[3]), Tier.DEVICE));
        index.on(0, Chains.stored(FIVE, 4, 5, Tier.DISK));
        index.find(FIVE, hits);
        assertThat(hits.depthOf(Tier.DEVICE, 0)).isEqualTo(2);
        assertThat(hits.depthOf(Tier.HOST, 0)).isEqualTo(4);
        assertThat(hits.depthOf(Tier.DISK, 0)).isEqualTo(5);
        assertThat(hits.depthOf(Tier.REMOTE, 0)).isEqualTo(5);
    }

    @Test
    void aPredictionIsReportedUntilItsDeadlineAndNotAfter() {
        index.predict(0, FIVE, 110);
        now[0] = 109;
        assertThat(find(1, FIVE)).containsExactly(5);
        now[0] = 110;
        assertThat(find(1, FIVE)).containsExactly(0);
        assertThat(index.blocks()).as("its memory is free again").isZero();
    }

    @Test
    void aPredictionMadeAgainLastsLonger() {
        index.predict(0, FIVE, 110);
        index.predict(0, Chains.part(FIVE, 0, 2), 120);
        now[0] = 115;
        assertThat(find(1, FIVE)).containsExactly(2);
        index.clear(0);
        index.predict(0, FIVE, 117);
        now[0] = 118;
        assertThat(find(1, FIVE))
                .as("a cleared owner's deadlines are forgotten")
                .containsExactly(0);
    }

    @Test
    void whatTheOwnerSaysOutlivesAPrediction() {
        index.predict(0, FIVE, 110);
        store(0, FIVE, 0, 3);
        now[0] = 200;
        assertThat(find(1, FIVE)).containsExactly(3);
    }

    @Test
    void repeatedAndUnknownEventsChangeNothing() {
        store(0, FIVE, 0, 2);
        store(0, FIVE, 0, 2);
        remove(5, FIVE, 0, 1);
        remove(0, Chains.of(77), 0, 1);
        index.clear(9);
        assertThat(find(1, FIVE)).containsExactly(2);
        assertThat(index.blocks()).isEqualTo(2);
    }

    /** Few enough blocks are nobody's then that they lie about until somebody wants them or their room. */
    @Test
    void whoLeavesIsFoundNowhereWhateverLiesAbout() {
        BlockHashes shared = Chains.of(LongStream.rangeClosed(100, 160).toArray());
        store(1, shared, 0, 61);
        store(2, shared, 0, 20);
        store(0, shared, 0, 40);
        store(0, FIVE, 0, 5);
        long before = index.bytes();
        index.clear(0);
        assertThat(index.blocks()).isEqualTo(61);
        assertThat(index.reclaimed()).isEqualTo(5);
        assertThat(index.bytes()).as("not swept yet").isGreaterThan(before - 200);
        assertThat(find(3, FIVE)).containsExactly(0, 0, 0);
        assertThat(find(3, shared)).containsExactly(0, 61, 20);

        index.on(0, Chains.stored(FIVE, 2, 5, Tier.DEVICE));
        assertThat(find(3, FIVE))
                .as("a newcomer of its number lacks the parent")
                .containsExactly(0, 0, 0);
        store(0, FIVE, 0, 2);
        store(2, FIVE, 0, 1);
        assertThat(find(3, FIVE)).containsExactly(2, 0, 1);
        assertThat(index.blocks()).isEqualTo(63);

        index.clear(1);
        index.clear(0);
        assertThat(find(3, shared)).containsExactly(0, 0, 20);
        assertThat(find(3, FIVE)).containsExactly(0, 0, 1);
        assertThat(index.blocks()).isEqualTo(21);
        assertThat(index.setCount()).as("all that is left has one owner").isEqualTo(1);
        index.clear(2);
        assertThat(index.blocks()).isZero();
        assertThat(index.reclaimed()).isEqualTo(68);
    }

    @Test
    void numbersOfSetsAreUsedAgainHoweverOftenOwnersLeave() {
        BlockHashes kept = Chains.of(LongStream.rangeClosed(1, 400).toArray());
        store(0, kept, 0, 400);
        store(1, kept, 0, 400);
        long most = 0;
        for (int turn = 0; turn < 2_000; turn++) {
            int comes = 2 + turn % 70;
            store(comes, kept, 0, 1 + turn % 300);
            index.clear(comes);
            most = Math.max(most, turn < 200 ? 0 : index.bytes());
            assertThat(index.setCount()).isEqualTo(1);
        }
        assertThat(index.bytes()).isLessThanOrEqualTo(most);
        assertThat(find(3, kept)).containsExactly(400, 400, 0);
    }

    @Test
    void whatLiesAboutGivesWayToWhatIsStored() {
        var small = new ChainIndex(ChainIndex.MIN_BYTES);
        BlockHashes many = Chains.of(LongStream.rangeClosed(1, 900).toArray());
        BlockHashes some = Chains.of(LongStream.rangeClosed(2_001, 2_200).toArray());
        store(small, 0, some, 200);
        store(small, 1, many, 900);
        small.clear(0);
        BlockHashes fresh =
                Chains.of(LongStream.rangeClosed(5_001, 5_000 + 5_000).toArray());
        store(small, 2, fresh, 5_000);
        assertThat(small.leftOut(2)).isPositive();
        assertThat(small.blocks()).as("no more fits").isGreaterThan(1_100);
        long full = small.blocks();
        var clean = new ChainIndex(ChainIndex.MIN_BYTES);
        store(clean, 1, many, 900);
        store(clean, 2, fresh, 5_000);
        assertThat(full).as("as many as where nobody had left").isEqualTo(clean.blocks());
    }

    @Test
    void staysWithinItsMemoryAndTakesBlocksAgainWhenOthersLeave() {
        var small = new ChainIndex(ChainIndex.MIN_BYTES);
        BlockHashes many = Chains.of(LongStream.rangeClosed(1, 5_000).toArray());
        small.on(0, Chains.stored(many, 0, 5_000, Tier.DEVICE));
        assertThat(small.blocks()).isGreaterThan(1_000);
        assertThat(small.leftOut(0)).isEqualTo(5_000 - small.blocks());
        assertThat(small.bytes()).isLessThanOrEqualTo(ChainIndex.MIN_BYTES);
        assertThat(small.hasRoom()).isFalse();
        small.on(0, new KvEvent.Removed(0, SequenceHashes.of(many.sequence()), Tier.DEVICE));
        assertThat(small.hasRoom()).isTrue();
        small.on(0, Chains.stored(FIVE, 0, 5, Tier.DEVICE));
        small.find(FIVE, hits);
        assertThat(hits.depthOf(Tier.DEVICE, 0)).isEqualTo(5);
    }

    @Test
    void thePredictionsDueFirstGiveWayToLaterOnesAndAllToWhatIsKnown() {
        var small = new ChainIndex(ChainIndex.MIN_BYTES, () -> now[0]);
        BlockHashes first = Chains.of(LongStream.range(0, 20).toArray());
        BlockHashes last = first;
        for (int i = 0; i < 200; i++) {
            last = Chains.of(LongStream.range(1_000L * i, 1_000L * i + 20).toArray());
            small.predict(1, last, 1_000 + i);
        }
        assertThat(small.leftOut(1)).isZero();
        small.find(last, hits);
        assertThat(hits.depthOf(Tier.DEVICE, 1)).isEqualTo(20);
        assertThat(small.deadline(1, last.sequence()[19])).isEqualTo(1_199);
        small.find(first, hits);
        assertThat(hits.depthOf(Tier.DEVICE, 1)).isZero();
        assertThat(small.deadline(1, first.sequence()[0])).isEqualTo(PrefixIndex.NOT_PREDICTED);
        BlockHashes known = Chains.of(LongStream.range(500_000, 500_300).toArray());
        small.on(0, Chains.stored(known, 0, 300, Tier.DEVICE));
        small.find(known, hits);
        assertThat(hits.depthOf(Tier.DEVICE, 0)).isEqualTo(300);
        assertThat(small.bytes()).isLessThanOrEqualTo(ChainIndex.MIN_BYTES);
    }

    @Test
    void churnDoesNotGrowIt() {
        var small = new ChainIndex(4 * ChainIndex.MIN_BYTES);
        long empty = small.bytes();
        var random = new SplittableRandom(5);
        long most = 0;
        for (int round = 0; round < 400; round++) {
            BlockHashes blocks = Chains.of(random.longs(500).toArray());
            store(small, round % 3, blocks, 500);
            most = Math.max(most, small.bytes());
            small.on(round % 3, new KvEvent.Removed(0, SequenceHashes.of(blocks.sequence()), Tier.DEVICE));
        }
        assertThat(small.leftOut(0) + small.leftOut(1) + small.leftOut(2)).isZero();
        assertThat(small.blocks()).isZero();
        assertThat(most).isLessThan(empty + 50_000);
        assertThat(small.bytes()).isLessThanOrEqualTo(empty + 1_000);
    }

    @Test
    void refusesAUselessLimitAndAnImpossibleOwner() {
        assertThatThrownBy(() -> new ChainIndex(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> index.clear(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Writers that leave their events to each other lose none and mix up none. */
    @Test
    void lanesEndInWhatTheOracleSays() throws Exception {
        var shared = new ChainIndex(16 << 20);
        var oracle = new NaiveIndex();
        var chains = new Chains(new SplittableRandom(3), 60);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> lanes = new ArrayList<>();
            for (int lane = 0; lane < 4; lane++) {
                int owner = lane;
                lanes.add(threads.submit(() -> {
                    var random = new SplittableRandom(owner);
                    for (int i = 0; i < 3_000; i++) {
                        KvEvent event = chains.event(random);
                        shared.on(owner, event);
                        synchronized (oracle) {
                            oracle.on(owner, event, 0);
                        }
                    }
                }));
            }
            for (Future<?> lane : lanes) {
                lane.get();
            }
        }
        shared.settle();
        var random = new SplittableRandom(9);
        for (int i = 0; i < 300; i++) {
            BlockHashes prompt = chains.prompt(random);
            shared.find(prompt, hits);
            for (int owner = 0; owner < 4; owner++) {
                for (Tier tier : Tier.values()) {
                    assertThat(hits.depthOf(tier, owner)).isEqualTo(oracle.depth(owner, tier, prompt.sequence(), 0));
                }
            }
        }
        assertThat(shared.blocks()).isEqualTo(oracle.blocks());
    }

    /** Owner 0 keeps its chain all along, owner 1 never has any of it; no schedule of writers may show otherwise. */
    @Test
    void readersSeeTheTruthWhileWritersWork() throws Exception {
        BlockHashes kept = Chains.of(new SplittableRandom(7).longs(64).toArray());
        store(0, kept, 0, 64);
        var over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
            List<Future<Long>> writers = new ArrayList<>();
            for (int writer = 0; writer < 3; writer++) {
                int owner = 2 + writer;
                writers.add(threads.submit(() -> churn(owner, kept)));
            }
            Callable<Long> reader = () -> {
                long reads = 0;
                var seen = new PrefixHits();
                while (!over.get()) {
                    index.find(kept.local(), seen);
                    if (seen.depthOf(Tier.DEVICE, 0) != 64 || seen.depthOf(Tier.DEVICE, 1) != 0) {
                        throw new AssertionError("read " + seen.depthOf(Tier.DEVICE, 0));
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

    private long churn(int owner, BlockHashes kept) {
        var random = new SplittableRandom(owner);
        for (int i = 0; i < 2_000; i++) {
            BlockHashes own = Chains.of(random.longs(40).toArray());
            store(index, owner, kept, 64);
            store(index, owner, own, 40);
            index.on(owner, new KvEvent.Removed(0, SequenceHashes.of(own.sequence()), Tier.DEVICE));
            if (random.nextInt(4) == 0) {
                index.clear(owner);
            }
        }
        return 0;
    }

    private static void store(ChainIndex in, int owner, BlockHashes chain, int count) {
        in.on(owner, Chains.stored(chain, 0, count, Tier.DEVICE));
    }

    private void store(int owner, BlockHashes chain, int from, int to) {
        index.on(owner, Chains.stored(chain, from, to, Tier.DEVICE));
    }

    private void remove(int owner, BlockHashes chain, int from, int to) {
        long[] gone = Chains.part(chain, from, to).sequence();
        index.on(owner, new KvEvent.Removed(0, SequenceHashes.of(gone), Tier.DEVICE));
    }

    private int[] find(int owners, BlockHashes prompt) {
        int[] depths = new int[owners];
        index.find(prompt, hits);
        hits.expand(Tier.DEVICE, depths);
        return depths;
    }
}
