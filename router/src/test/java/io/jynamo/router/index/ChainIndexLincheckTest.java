package io.jynamo.router.index;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every schedule of a few threads looks as if the calls for one block came one after another, also while the table is
 * full and makes its successor. A prompt of several blocks is read block by block, so only single ones are looked up.
 */
@Tag("interleaving")
@Param(name = "block", gen = IntGen.class, conf = "0:4")
@Param(name = "owner", gen = IntGen.class, conf = "0:1")
public class ChainIndexLincheckTest {
    private final ChainIndex index = new ChainIndex(ChainIndex.MIN_BYTES, 4);

    public ChainIndexLincheckTest() {
        index.store(0, new long[] {0, 1, 2}); // as full as it gets: the next block makes a new table
    }

    @Operation
    public int store(@Param(name = "owner") int owner, @Param(name = "block") int block) {
        return index.store(owner, new long[] {block});
    }

    @Operation
    public void remove(@Param(name = "owner") int owner, @Param(name = "block") int block) {
        index.remove(owner, new long[] {block});
    }

    @Operation
    public int owners(@Param(name = "block") int block) {
        int[] depths = new int[2];
        index.find(new long[] {block}, depths);
        return depths[0] + 2 * depths[1];
    }

    @Test
    void everyScheduleIsAsIfInTurn() {
        check(15, 150);
    }

    @Test
    @Tag("long")
    void everyScheduleIsAsIfInTurnForLong() {
        check(25, 800);
    }

    private static void check(int scenarios, int schedules) {
        new ModelCheckingOptions()
                .iterations(scenarios)
                .invocationsPerIteration(schedules)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(0)
                .check(ChainIndexLincheckTest.class);
    }
}
