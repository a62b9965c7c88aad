package io.jynamo.router;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.router.load.LoadBook;
import io.jynamo.router.select.WorkerPace;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A booking that also tells the worker's pace how long what it was given took. */
final class PacedBooking extends BookingOver {
    private final LoadBook book;
    private final WorkerPace pace;
    private final LongSupplier nanoTime;
    private final WorkerPace.Given given;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Wraps {@code booking}, which is in the {@code book} already. */
    PacedBooking(
            Placement.Booking booking,
            LoadBook book,
            WorkerPace pace,
            WorkerPace.Prompt prompt,
            LongSupplier nanoTime) {
        super(booking);
        this.book = book;
        this.pace = pace;
        this.nanoTime = nanoTime;
        given = pace.onGiven(prompt, nanoTime.getAsLong());
    }

    @Override
    public void onPrefilled() {
        super.onPrefilled();
        pace.onPrefilled(given, book.balance().prefillTokens(), nanoTime.getAsLong());
    }

    @Override
    public void onTokens(int tokens) {
        super.onTokens(tokens);
        pace.onTokens(given, tokens, nanoTime.getAsLong());
    }

    @Override
    public void onCached(int tokens) {
        super.onCached(tokens);
        pace.onCached(given, tokens, nanoTime.getAsLong());
    }

    @Override
    public void onFailure(ErrorCode code, @Nullable Duration retryAfter) {
        super.onFailure(code, retryAfter);
        end(false);
    }

    @Override
    public void release() {
        super.release();
        end(true);
    }

    private void end(boolean done) {
        if (ended.compareAndSet(false, true)) {
            pace.onEnd(given, done, book.balance().prefillTokens(), nanoTime.getAsLong());
        }
    }
}
