package io.jynamo.router.admission;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.BookingOver;
import io.jynamo.router.Placement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A booking that tells those who wait when it makes room, and that may be told to give way to them. */
final class AdmittedBooking extends BookingOver {
    private final WorkerId worker;
    private final AdmittingRouter router;
    private final boolean preemptible;
    private final long placedNanos;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean prefilled = new AtomicBoolean();
    private final AtomicLong tokens = new AtomicLong();
    private @Nullable Runnable giveWay;
    private boolean told;

    /** Wraps the booking of a placement. */
    AdmittedBooking(AdmittingRouter router, Placement placed, boolean preemptible, long placedNanos) {
        super(placed.booking());
        this.router = router;
        this.worker = placed.worker().id();
        this.preemptible = preemptible;
        this.placedNanos = placedNanos;
    }

    WorkerId worker() {
        return worker;
    }

    boolean isPreemptible() {
        return preemptible;
    }

    /** Output tokens so far. */
    long tokens() {
        return tokens.get();
    }

    /** Tells whoever runs the request, at once or as soon as somebody listens. */
    void tellToGiveWay() {
        Runnable listener;
        synchronized (this) {
            told = true;
            listener = giveWay;
        }
        if (listener != null) {
            listener.run();
        }
    }

    @Override
    public void onGiveWay(Runnable listener) {
        boolean now;
        synchronized (this) {
            giveWay = listener;
            now = told;
        }
        if (now) {
            listener.run();
        }
    }

    @Override
    public void onPrefilled() {
        super.onPrefilled();
        if (prefilled.compareAndSet(false, true)) {
            router.onPrefilled(worker, placedNanos);
        }
    }

    @Override
    public void onTokens(int more) {
        tokens.addAndGet(more);
        super.onTokens(more);
    }

    @Override
    public void onFailure(ErrorCode code, @Nullable Duration retryAfter) {
        super.onFailure(code, retryAfter);
        end();
    }

    @Override
    public void release() {
        super.release();
        end();
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            router.onEnd(this);
        }
    }
}
