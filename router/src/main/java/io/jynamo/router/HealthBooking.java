package io.jynamo.router;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.router.load.LoadBook;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A request on a worker's book whose worker's health is also told what becomes of it. */
class HealthBooking extends LoadBook.Booked {
    private final Slot slot;

    /** Books {@code load} of the worker in the {@code slot}. */
    HealthBooking(Slot slot, LoadBook.Load load) {
        super(slot.book(), load);
        this.slot = slot;
        slot.health().onGiven(load.prefillTokens(), now());
    }

    final Slot slot() {
        return slot;
    }

    /** Prompt tokens that the worker has yet to compute, of all its requests. */
    final long waitingTokens() {
        return book().prefillTokens();
    }

    @Override
    public void onPrefilled() {
        long waited = waitingTokens();
        super.onPrefilled();
        slot.health().onPrefilled(waited, waitingTokens(), now());
    }

    @Override
    public void onTokens(int tokens) {
        slot.health().onNews(waitingTokens(), now());
        super.onTokens(tokens);
    }

    @Override
    public boolean isOverdue() {
        return !isReleased() && slot.health().isSilent(waitingTokens(), now());
    }

    @Override
    public final void onFailure(ErrorCode code, @Nullable Duration retryAfter) {
        slot.health().onFailure(code, retryAfter, now());
        leave(false);
    }

    @Override
    public final void release() {
        leave(true);
    }

    /** The worker has it no longer; {@code done} unless it failed. Only the first call counts. */
    void leave(boolean done) {
        if (end()) {
            slot.health().onEnd();
        }
    }
}
