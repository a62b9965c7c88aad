package io.jynamo.frontend.routing;

import io.jynamo.frontend.generate.WaitingRoom;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Endpoint;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.ExchangeListener;
import io.jynamo.frontend.http.Routes;
import io.jynamo.frontend.http.SiteGuard;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The paths of one service on one port, each with what answers it, away from the event loop. A path and method that
 * another service has there already stays that one's.
 *
 * @param prefix before every path, for example {@code /indexer}; empty for none
 * @param lane where requests are answered; rejects when too many wait
 * @param room where they wait
 * @param watch is told of every answer
 */
record RouteTable(Routes routes, String prefix, Executor lane, WaitingRoom room, SiteGuard guard, Watch watch) {
    private static final System.Logger LOG = System.getLogger(RouteTable.class.getName());

    /** Who counts answers. */
    @FunctionalInterface
    interface Watch {
        Watch NONE = (endpoint, method, status, took) -> {};

        /**
         * An answer was given.
         *
         * @param endpoint the path as the table has it
         */
        void on(String endpoint, String method, int status, Duration took);
    }

    /** How far a request came at once. */
    sealed interface Step {
        /** All the way. */
        record Done(Answer answer) implements Step {}

        /**
         * It has to wait.
         *
         * @param rest may take long; interrupted when its client is gone
         */
        record Waits(Supplier<Answer> rest) implements Step {}
    }

    void get(String path, Function<Call, Answer> work) {
        add(HttpMethod.GET, path, false, work);
    }

    /** A path that needs no key. */
    void open(String path, Function<Call, Answer> work) {
        add(HttpMethod.GET, path, true, work);
    }

    void post(String path, Function<Call, Answer> work) {
        add(HttpMethod.POST, path, false, work);
    }

    /** The same where an answer may have to wait. */
    void postWaiting(String path, Function<Call, Step> work) {
        addSteps(HttpMethod.POST, path, false, work);
    }

    void patch(String path, Function<Call, Answer> work) {
        add(HttpMethod.PATCH, path, false, work);
    }

    void delete(String path, Function<Call, Answer> work) {
        add(HttpMethod.DELETE, path, false, work);
    }

    private void add(HttpMethod method, String path, boolean open, Function<Call, Answer> work) {
        addSteps(method, path, open, call -> new Step.Done(work.apply(call)));
    }

    private void addSteps(HttpMethod method, String path, boolean open, Function<Call, Step> work) {
        if (routes.at(prefix + path).stream().anyMatch(line -> line.method().equals(method))) {
            return;
        }
        Endpoint endpoint = exchange -> later(exchange, path, work);
        routes.add(new Routes.Route(
                method,
                prefix + path,
                method.equals(HttpMethod.GET) ? guard.reading(endpoint) : guard.changing(endpoint),
                open,
                Routes.Stopping.REFUSED));
    }

    private void later(Exchange exchange, String path, Function<Call, Step> work) {
        try {
            lane.execute(() -> begin(exchange, path, work));
        } catch (RejectedExecutionException full) {
            Answer answer = ServiceAnswer.error(
                    ErrorCode.OVERLOADED, "too many requests wait here; try again shortly", Duration.ofSeconds(1));
            told(exchange, path, answer);
            exchange.respond(answer);
        }
    }

    private void begin(Exchange exchange, String path, Function<Call, Step> work) {
        respond(exchange, path, () -> {
            Step step = work.apply(new Call(exchange, exchange.head().path().substring(prefix.length())));
            return switch (step) {
                case Step.Done(Answer answer) -> answer;
                case Step.Waits(Supplier<Answer> rest) -> {
                    exchange.body().release(); // it was read, and others need the room
                    exchange.loop().execute(() -> await(exchange, path, rest));
                    yield null;
                }
            };
        });
    }

    /** On the event loop, where a client's leaving is heard. */
    private void await(Exchange exchange, String path, Supplier<Answer> rest) {
        if (!exchange.isOpen()) {
            return;
        }
        try {
            Future<?> waits = room.enter(() -> respond(exchange, path, rest));
            exchange.listen(new Leaving(() -> waits.cancel(true)));
        } catch (RejectedExecutionException closed) {
            Answer answer = ServiceAnswer.error(ErrorCode.NOT_READY, "the service is stopping; ask another one", null);
            told(exchange, path, answer);
            exchange.respond(answer);
        }
    }

    private record Leaving(Runnable onLeft) implements ExchangeListener {
        @Override
        public void onGone() {
            onLeft.run();
        }

        @Override
        public void onWritable() {}

        @Override
        public void onTick(long nowNanos) {}
    }

    /** Answers, unless there is no answer yet. */
    private void respond(Exchange exchange, String path, Supplier<@Nullable Answer> work) {
        Answer answer;
        try {
            answer = work.get();
        } catch (RuntimeException | Error failed) {
            if (ErrorBody.code(failed) == ErrorCode.INTERNAL) {
                LOG.log(System.Logger.Level.ERROR, "a request to " + path + " failed", failed);
            }
            answer = ServiceAnswer.error(failed);
        }
        if (answer != null) {
            told(exchange, path, answer);
            exchange.respond(answer);
        }
    }

    private void told(Exchange exchange, String path, Answer answer) {
        watch.on(
                path,
                exchange.head().method().name(),
                answer.status(),
                Duration.ofNanos(System.nanoTime() - exchange.arrivedNanos()));
    }
}
