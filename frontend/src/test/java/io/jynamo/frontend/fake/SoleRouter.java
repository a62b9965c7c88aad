package io.jynamo.frontend.fake;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.OthersLoad;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Explanation;
import io.jynamo.router.FeedStatus;
import io.jynamo.router.Placement;
import io.jynamo.router.Router;
import io.jynamo.router.RouterStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A router of one worker that counts its bookings. */
public final class SoleRouter implements Router {
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger booked = new AtomicInteger();
    private final AtomicInteger tokens = new AtomicInteger();
    private volatile @Nullable Worker worker;
    private volatile boolean full;
    private volatile int places = Integer.MAX_VALUE;

    public SoleRouter(Worker worker) {
        this.worker = worker;
    }

    /** Bookings that were not released. */
    public int booked() {
        return booked.get();
    }

    /** Output tokens the bookings were told of. */
    public int tokens() {
        return tokens.get();
    }

    public List<Request> requests() {
        return requests;
    }

    /** Requests it takes at one time. */
    public void places(int most) {
        places = most;
    }

    public void full(boolean is) {
        full = is;
    }

    @Override
    public void add(Worker added) {
        worker = added;
    }

    @Override
    public void remove(WorkerId removed) {
        worker = null;
    }

    @Override
    public Placement place(Request request) {
        Worker chosen = worker;
        if (chosen == null) {
            throw new JynamoException(ErrorCode.NOT_READY, "There is no worker.");
        }
        if (full) {
            throw JynamoException.retryable(ErrorCode.OVERLOADED, "Every worker is full.", Duration.ofSeconds(17));
        }
        synchronized (this) {
            if (booked.get() >= places) {
                throw JynamoException.retryable(ErrorCode.OVERLOADED, "Every place is taken.", Duration.ofSeconds(17));
            }
            booked.incrementAndGet();
        }
        requests.add(request);
        return new Placement(
                chosen, new CountedBooking(), 0, new Explanation("sole", chosen.id(), "the only one", List.of()));
    }

    @Override
    public Explanation explain(Request request) {
        Worker chosen = worker;
        if (chosen == null) {
            throw new JynamoException(ErrorCode.NOT_READY, "There is no worker.");
        }
        requests.add(request);
        var candidate =
                new Explanation.Candidate(chosen.id(), new Explanation.TierHits(1, 0, 0, 0), 2, 3, 1, 4.5, List.of());
        return new Explanation("sole", chosen.id(), "the only one", List.of(candidate));
    }

    @Override
    public RouterStatus status() {
        Worker known = worker;
        return new RouterStatus(
                known == null
                        ? List.of()
                        : List.of(new RouterStatus.WorkerStatus(
                                known.id(),
                                booked(),
                                0,
                                booked(),
                                OthersLoad.NONE,
                                0,
                                0,
                                0,
                                0,
                                false,
                                FeedStatus.NONE)),
                0,
                0,
                0);
    }

    @Override
    public void close() {}

    private final class CountedBooking implements Placement.Booking {
        private boolean released;

        @Override
        public void onPrefilled() {}

        @Override
        public void onTokens(int more) {
            tokens.addAndGet(more);
        }

        @Override
        public synchronized void release() {
            if (!released) {
                released = true;
                booked.decrementAndGet();
            }
        }
    }
}
