package io.jynamo.frontend.routing;

import io.jynamo.router.Placement;
import io.jynamo.router.load.LoadBook;
import java.util.function.LongSupplier;

/** What one rank was given and has not finished, counted as Dynamo's services count it: full blocks of prompts, each once. */
final class LoadLedger {
    private final int blockTokens;
    private final LoadBook book;

    LoadLedger(int blockTokens, LongSupplier nanoTime) {
        this.blockTokens = blockTokens;
        this.book = new LoadBook(blockTokens, nanoTime);
    }

    /**
     * Books a request.
     *
     * @param sequences hashes of the full blocks of its prompt
     * @param prefillTokens that the rank computes for it
     */
    Placement.Booking book(long[] sequences, long prefillTokens) {
        int full = Math.multiplyExact(sequences.length, blockTokens);
        return book.book(new LoadBook.Load(sequences, full, Math.toIntExact(full - prefillTokens), 1));
    }

    long prefillTokens() {
        return book.balance().prefillTokens();
    }

    long blocks() {
        return book.balance().blocks();
    }

    int requests() {
        return book.balance().requests();
    }

    /** Blocks it would have with a prompt beside what it has, of which it may hold the first already. */
    long blocksWith(long[] sequences, long promptBlocks) {
        return blocks() + promptBlocks - book.sharedBlocks(sequences);
    }
}
