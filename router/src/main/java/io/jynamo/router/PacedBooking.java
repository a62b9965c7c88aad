package io.jynamo.router;

import io.jynamo.router.load.LoadBook;
import io.jynamo.router.select.WorkerPace;
import org.jspecify.annotations.Nullable;

/**
 * A booking that also tells the worker's pace how long what it was given took.
 *
 * <p>What the pace knows of the request is another's once the request has ended ({@link WorkerPace#onEnd}). Nobody but this
 * booking has it, which uses it and lets it go under its own monitor: a call that comes too late finds none.
 */
final class PacedBooking extends HealthBooking {
    private WorkerPace.@Nullable Given given;

    /** Books {@code load} of the worker in the {@code slot}, which is its {@code prompt}. */
    PacedBooking(Slot slot, LoadBook.Load load, WorkerPace.Prompt prompt) {
        super(slot, load);
        synchronized (this) { // so that whoever calls next sees it
            given = slot.pace().onGiven(prompt, now());
        }
    }

    @Override
    public void onPrefilled() {
        super.onPrefilled();
        synchronized (this) {
            if (given != null) {
                slot().pace().onPrefilled(given, waitingTokens(), now());
            }
        }
    }

    @Override
    public void onTokens(int tokens) {
        super.onTokens(tokens);
        synchronized (this) {
            if (given != null) {
                slot().pace().onTokens(given, tokens, now());
            }
        }
    }

    @Override
    public synchronized void onCached(int tokens) {
        if (given != null) {
            slot().pace().onCached(given, tokens, now());
        }
    }

    @Override
    void leave(boolean done) {
        super.leave(done);
        synchronized (this) {
            if (given != null) {
                slot().pace().onEnd(given, done, waitingTokens(), now());
                given = null;
            }
        }
    }
}
