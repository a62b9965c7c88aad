package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Endpoint;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.Routes;
import io.jynamo.frontend.http.SiteGuard;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * The paths of one service on one port, each with what answers it, away from the event loop. A path and method that
 * another service has there already stays that one's.
 *
 * @param prefix before every path, for example {@code /indexer}; empty for none
 * @param lane where requests are answered; rejects when too many wait
 * @param watch is told of every answer
 */
record RouteTable(Routes routes, String prefix, Executor lane, SiteGuard guard, Watch watch) {
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

    void patch(String path, Function<Call, Answer> work) {
        add(HttpMethod.PATCH, path, false, work);
    }

    void delete(String path, Function<Call, Answer> work) {
        add(HttpMethod.DELETE, path, false, work);
    }

    private void add(HttpMethod method, String path, boolean open, Function<Call, Answer> work) {
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

    private void later(Exchange exchange, String path, Function<Call, Answer> work) {
        try {
            lane.execute(() -> respond(exchange, path, work));
        } catch (RejectedExecutionException full) {
            Answer answer = ServiceAnswer.error(
                    ErrorCode.OVERLOADED, "too many requests wait here; try again shortly", Duration.ofSeconds(1));
            told(exchange, path, answer);
            exchange.respond(answer);
        }
    }

    private void respond(Exchange exchange, String path, Function<Call, Answer> work) {
        Answer answer;
        try {
            answer = work.apply(new Call(exchange, exchange.head().path().substring(prefix.length())));
        } catch (RuntimeException | Error failed) {
            if (ErrorBody.code(failed) == ErrorCode.INTERNAL) {
                LOG.log(System.Logger.Level.ERROR, "a request to " + path + " failed", failed);
            }
            answer = ServiceAnswer.error(failed);
        }
        told(exchange, path, answer);
        exchange.respond(answer);
    }

    private void told(Exchange exchange, String path, Answer answer) {
        watch.on(
                path,
                exchange.head().method().name(),
                answer.status(),
                Duration.ofNanos(System.nanoTime() - exchange.arrivedNanos()));
    }
}
