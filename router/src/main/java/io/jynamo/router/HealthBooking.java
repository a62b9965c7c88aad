package io.jynamo.router;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.router.health.WorkerHealth;
import io.jynamo.router.load.LoadBook;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A booking that also tells the worker's health what becomes of the request. */
final class HealthBooking implements Placement.Booking {
    private final LoadBook book;
    private final Placement.Booking load;
    private final WorkerHealth health;
    private final LongSupplier nanoTime;
    private final AtomicBoolean released = new AtomicBoolean();

    /** Books {@code load} of the worker whose {@code book} and {@code health} these are. */
    HealthBooking(LoadBook book, LoadBook.Load load, WorkerHealth health, LongSupplier nanoTime) {
        this.book = book;
        this.load = book.book(load);
        this.health = health;
        this.nanoTime = nanoTime;
        health.onGiven(load.prefillTokens(), nanoTime.getAsLong());
    }

    @Override
    public void onPrefilled() {
        long waited = book.balance().prefillTokens();
        load.onPrefilled();
        health.onPrefilled(waited, book.balance().prefillTokens(), nanoTime.getAsLong());
    }

    @Override
    public void onTokens(int tokens) {
        health.onNews(book.balance().prefillTokens(), nanoTime.getAsLong());
        load.onTokens(tokens);
    }

    @Override
    public boolean isOverdue() {
        return !released.get() && health.isSilent(book.balance().prefillTokens(), nanoTime.getAsLong());
    }

    @Override
    public void onFailure(ErrorCode code, @Nullable Duration retryAfter) {
        health.onFailure(code, retryAfter, nanoTime.getAsLong());
        release();
    }

    @Override
    public void release() {
        if (released.compareAndSet(false, true)) {
            health.onEnd();
            load.release();
        }
    }
}
