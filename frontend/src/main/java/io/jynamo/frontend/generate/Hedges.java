package io.jynamo.frontend.generate;

import io.jynamo.frontend.metrics.QueueMeters;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Router;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Second workers for requests whose first is slow, all requests of a frontend together. Any thread. */
final class Hedges {
    private final HedgeLimits limits;
    private final QueueMeters meters;
    private final Executor threads;
    private final Placing placing;
    private final HedgeBudget budget;

    Hedges(HedgeLimits limits, QueueMeters meters, Executor threads, Placing placing) {
        this.limits = limits;
        this.meters = meters;
        this.threads = threads;
        this.placing = placing;
        this.budget = new HedgeBudget(limits.share());
    }

    HedgeLimits limits() {
        return limits;
    }

    /** A request came. */
    void onRequest() {
        if (!limits.isOff()) {
            synchronized (budget) {
                budget.onRequest();
            }
        }
    }

    /** Whether the budget of all requests together has a second worker for one of them; takes it if so. */
    boolean tryTake() {
        synchronized (budget) {
            return budget.tryTake();
        }
    }

    /** What was taken was of no use. */
    void giveBack() {
        synchronized (budget) {
            budget.giveBack();
        }
    }

    /** One of two workers was first. */
    void onWon(boolean second) {
        meters.onHedged(second);
    }

    /** Looks for a second worker off the event loop; tells the run {@link Run#onHedgePlaced} on it. */
    void place(Run run, Prepared prepared, GenerationRequest request, WorkerId first) {
        Router.Request asked = prepared.asked(request, null, run.claim()).withTried(Set.of(first));
        try {
            threads.execute(() -> placing.placeSecond(run, prepared.model(), asked));
        } catch (RejectedExecutionException full) {
            run.onHedgePlaced(null);
        }
    }
}
