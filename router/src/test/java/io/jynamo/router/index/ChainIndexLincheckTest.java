package io.jynamo.router.index;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHashes;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every schedule of a writer and a reader looks as if the calls for one block came one after another, also while the
 * block's neighbours in the table move, its run is given up and used again, and its part of the table changes size. A
 * prompt of several blocks is read block by block, so only single ones are looked up. Writers take turns by a lock and
 * leave events to each other, to be done soon: two of them at once are what {@code lanesEndInWhatTheOracleSays} tries.
 */
@Tag("interleaving")
@Param(name = "block", gen = IntGen.class, conf = "0:4")
@Param(name = "owner", gen = IntGen.class, conf = "0:1")
public class ChainIndexLincheckTest {
    private static final BlockHashes[] BLOCKS = new BlockHashes[5];

    static {
        for (int i = 0; i < BLOCKS.length; i++) {
            BLOCKS[i] = Chains.of(i);
        }
    }

    private final ChainIndex index = new ChainIndex(ChainIndex.MIN_BYTES);

    public ChainIndexLincheckTest() {
        // As full as the first table gets: the next block makes a new one, and a removal moves others.
        for (int other = 10; other < 14; other++) {
            index.on(0, new KvEvent.Stored(0, null, Chains.of(other), Tier.DEVICE));
        }
        index.on(1, new KvEvent.Stored(0, null, BLOCKS[1], Tier.DEVICE));
    }

    @Operation(nonParallelGroup = "writers")
    public void store(@Param(name = "owner") int owner, @Param(name = "block") int block) {
        index.on(owner, new KvEvent.Stored(0, null, BLOCKS[block], Tier.DEVICE));
    }

    @Operation(nonParallelGroup = "writers")
    public void remove(@Param(name = "owner") int owner, @Param(name = "block") int block) {
        index.on(owner, new KvEvent.Removed(0, SequenceHashes.of(BLOCKS[block].sequence()), Tier.DEVICE));
    }

    @Operation(nonParallelGroup = "writers")
    public void clear(@Param(name = "owner") int owner) {
        index.on(owner, new KvEvent.Cleared(0));
    }

    @Operation
    public int owners(@Param(name = "block") int block) {
        var hits = new PrefixHits();
        index.find(BLOCKS[block].local(), hits);
        return hits.depthOf(Tier.DEVICE, 0) + 2 * hits.depthOf(Tier.DEVICE, 1);
    }

    @Test
    void everyScheduleIsAsIfInTurn() {
        check(15, 150);
    }

    @Test
    @Tag("long")
    void everyScheduleIsAsIfInTurnForLong() {
        check(40, 1_000);
    }

    private static void check(int scenarios, int schedules) {
        new ModelCheckingOptions()
                .iterations(scenarios)
                .invocationsPerIteration(schedules)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(0)
                .loopBound(10_000) // a sweep looks at every slot there is
                .check(ChainIndexLincheckTest.class);
    }
}
