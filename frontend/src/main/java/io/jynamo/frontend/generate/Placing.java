package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.Placement;
import io.jynamo.router.Router;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Has workers chosen for requests: at once, or on a thread that waits where the router has none to give. */
final class Placing {
    private static final System.Logger LOG = System.getLogger(Placing.class.getName());

    private final FrontendMetrics metrics;
    private final WaitingRoom room;

    Placing(FrontendMetrics metrics, WaitingRoom room) {
        this.metrics = metrics;
        this.room = room;
    }

    /** Who wants to know what came of it; one of the two is told, once, unless the run ends first. */
    record Outcome(Consumer<Placement> placed, Consumer<Throwable> refused) {}

    /** Looks for a second worker that need not be waited for, and tells the run. */
    void placeSecond(Run run, ServedModel model, Router.Request request) {
        Placement second = null;
        try {
            second = placeNow(model, request);
        } catch (JynamoException none) {
            LOG.log(System.Logger.Level.DEBUG, "no second worker", none);
        }
        Placement found = second;
        if (!run.onLoop(() -> run.onHedgePlaced(found)) && found != null) {
            found.booking().release();
        }
    }

    /** A placement, or null where it must be waited for. */
    @Nullable
    Placement placeNow(ServedModel model, Router.Request request) {
        long before = System.nanoTime();
        metrics.onRouteBegin();
        try {
            return model.router().placeNow(request);
        } finally {
            metrics.onRouteEnd(System.nanoTime() - before);
        }
    }

    /**
     * Places a request of a run; the outcome is told on this thread, or on another where it had to wait.
     *
     * @throws io.jynamo.protocol.JynamoException when it is refused without waiting
     */
    void place(Run run, ServedModel model, Router.Request request, Outcome outcome) {
        Placement now = placeNow(model, request);
        if (now == null) {
            metrics.queue().onBackpressure(model.name());
            run.waits().enter(room, () -> await(model, request, outcome));
        } else {
            outcome.placed().accept(now);
        }
    }

    private void await(ServedModel model, Router.Request request, Outcome outcome) {
        long before = System.nanoTime();
        Placement placement;
        try {
            placement = model.router().place(request);
        } catch (RuntimeException | Error failed) {
            // Whatever it is, a thread that ended with it would leave the client without an answer.
            metrics.queue().onRefused(ErrorBody.code(failed));
            outcome.refused().accept(failed);
            return;
        } finally {
            metrics.queue().onWaited(System.nanoTime() - before);
        }
        outcome.placed().accept(placement);
    }
}
