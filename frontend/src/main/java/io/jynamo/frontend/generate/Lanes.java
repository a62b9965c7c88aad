package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * The threads on which requests are prepared. Those with a huge body take turns in a lane of their own: all others are prepared beside them, and
 * the several copies of a body that preparing makes exist once, however many come together.
 *
 * @param ordinary for all others
 * @param huge one after the other; both reject when too many wait
 * @param waiting where prepared requests wait for a worker
 */
public record Lanes(Executor ordinary, HugeLane huge, WaitingRoom waiting) {
    private static final System.Logger LOG = System.getLogger(Lanes.class.getName());

    /** Prepares a request with such a body where it belongs. */
    public void execute(RequestBody body, Runnable work) {
        if (body.isHuge()) {
            huge.execute(work, body.count());
        } else {
            ordinary.execute(work);
        }
    }

    /** Prepares a request's whole answer where it belongs; whatever goes wrong is answered too. */
    void answer(Exchange exchange, Supplier<Answer> work) {
        try {
            execute(exchange.body(), () -> exchange.respond(made(exchange, work)));
        } catch (RejectedExecutionException full) {
            exchange.respond(
                    exchange.errors().answer(ErrorCode.OVERLOADED, "The server is too busy; try again shortly."));
        }
    }

    private static Answer made(Exchange exchange, Supplier<Answer> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error failed) {
            if (ErrorBody.code(failed) == ErrorCode.INTERNAL) {
                LOG.log(System.Logger.Level.ERROR, "a request failed", failed);
            }
            exchange.visit().onFailure(ErrorBody.code(failed));
            return exchange.errors().answer(failed);
        }
    }
}
