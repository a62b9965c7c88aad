package io.jynamo.router;

import io.jynamo.protocol.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A booking that stands for another one, and passes on to it what it is told. */
public class BookingOver implements Placement.Booking {
    private final Placement.Booking under;

    /** @param under told everything */
    protected BookingOver(Placement.Booking under) {
        this.under = under;
    }

    @Override
    public void onPrefilled() {
        under.onPrefilled();
    }

    @Override
    public void onTokens(int tokens) {
        under.onTokens(tokens);
    }

    @Override
    public void onCached(int tokens) {
        under.onCached(tokens);
    }

    @Override
    public void onGiveWay(Runnable listener) {
        under.onGiveWay(listener);
    }

    @Override
    public boolean isOverdue() {
        return under.isOverdue();
    }

    @Override
    public void onFailure(ErrorCode code, @Nullable Duration retryAfter) {
        under.onFailure(code, retryAfter);
    }

    @Override
    public void release() {
        under.release();
    }
}
