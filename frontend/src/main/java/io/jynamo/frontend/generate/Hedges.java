package io.jynamo.frontend.generate;

import io.jynamo.frontend.metrics.QueueMeters;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Router;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Second workers for requests whose first is slow, all requests of a frontend together. Any thread. */
final class Hedges {
    private static final int MOST_MODELS = 1_024;

    private final HedgeLimits limits;
    private final QueueMeters meters;
    private final Executor threads;
    private final Placing placing;
    private final HedgeBudget budget;
    private final Map<String, FirstTokenTimes> times = new ConcurrentHashMap<>();

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

    /** After how many nanoseconds without a first token a request for the model is given to a second worker. */
    long afterNanos(String model) {
        FirstTokenTimes known = times.get(model);
        return limits.afterNanos(known == null ? FirstTokenTimes.UNKNOWN : known.within());
    }

    /** A first token of the model came after so long. */
    void onFirstToken(String model, long nanos) {
        if (limits.learns() && (times.size() < MOST_MODELS || times.containsKey(model))) {
            times.computeIfAbsent(model, name -> new FirstTokenTimes(limits.quantile()))
                    .see(nanos);
        }
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
