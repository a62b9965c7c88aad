package io.jynamo.router.load;

import io.jynamo.router.Placement;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In every schedule a booking's ends, its tokens and the readings of the book look as if they came one after another. */
@Tag("interleaving")
@Param(name = "booking", gen = IntGen.class, conf = "0:1")
@Param(name = "tokens", gen = IntGen.class, conf = "1:3")
public class LoadBookLincheckTest {
    private final LoadBook book = new LoadBook(2, () -> 0);
    private final Placement.Booking[] bookings = {booking(5, 6), booking(5, 7)};

    private Placement.Booking booking(long... blocks) {
        return book.book(new LoadBook.Load(blocks, 5, 2, 1));
    }

    @Operation
    public void tokens(@Param(name = "booking") int booking, @Param(name = "tokens") int tokens) {
        bookings[booking].onTokens(tokens);
    }

    @Operation
    public void prefilled(@Param(name = "booking") int booking) {
        bookings[booking].onPrefilled();
    }

    @Operation
    public void release(@Param(name = "booking") int booking) {
        bookings[booking].release();
    }

    @Operation
    public void another() {
        booking(5, 8);
    }

    @Operation
    public LoadBook.Balance balance() {
        return book.balance();
    }

    @Operation
    public int shared() {
        return book.sharedBlocks(new long[] {5, 6});
    }

    @Test
    void everyScheduleIsAsIfInTurn() {
        check(12, 150);
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
                .actorsBefore(1)
                .actorsAfter(1)
                .check(LoadBookLincheckTest.class);
    }
}
