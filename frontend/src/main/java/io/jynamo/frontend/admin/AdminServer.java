package io.jynamo.frontend.admin;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.HttpLimits;
import io.jynamo.frontend.http.HttpServer;
import io.jynamo.frontend.http.Routes;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A small HTTP server on loopback for whoever runs the process: {@code GET /health}, {@code /live} and {@code /metrics},
 * {@code POST /drain}. It has no key, so it listens nowhere else and {@link AdminDoor} keeps web pages out.
 */
public final class AdminServer implements AutoCloseable {
    private static final int WAITING = 64;

    private final HttpServer server;
    private final ThreadPoolExecutor answering;

    private AdminServer(HttpServer server, ThreadPoolExecutor answering) {
        this.server = server;
        this.answering = answering;
    }

    /**
     * Listens on 127.0.0.1 from now on.
     *
     * @param port 0 takes a free one
     * @throws io.jynamo.protocol.JynamoException ADDRESS_IN_USE
     */
    public static AdminServer start(int port, AdminSubject subject) {
        var answering = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofVirtual().name("admin").factory());
        Routes routes = new Routes();
        route(routes, HttpMethod.GET, "/health", subject::health, answering);
        route(routes, HttpMethod.GET, "/live", AdminServer::live, answering);
        route(routes, HttpMethod.GET, "/metrics", subject::metrics, answering);
        route(routes, HttpMethod.POST, "/drain", subject::drain, answering);
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
            return new AdminServer(
                    HttpServer.listen(address, 1, limits(), null, new AdminDoor(routes), delay -> {}), answering);
        } catch (RuntimeException failed) {
            answering.shutdownNow();
            throw failed instanceof JynamoException taken && taken.code() == ErrorCode.ADDRESS_IN_USE
                    ? new JynamoException(
                            ErrorCode.ADDRESS_IN_USE,
                            "the admin port " + port + " is taken; choose another --admin-port, 0 takes a free one",
                            failed)
                    : failed;
        }
    }

    private static void route(
            Routes routes, HttpMethod method, String path, Supplier<Answer> answer, ThreadPoolExecutor answering) {
        routes.add(new Routes.Route(
                method, path, exchange -> respond(exchange, answer, answering), true, Routes.Stopping.ANSWERED));
    }

    /** One at a time and off the event loop: reading a worker's load may wait for a lock. */
    private static void respond(Exchange exchange, Supplier<Answer> answer, ThreadPoolExecutor answering) {
        try {
            answering.execute(() -> {
                try {
                    exchange.respond(answer.get());
                } catch (RuntimeException failed) {
                    exchange.respond(ErrorBody.answer(failed));
                }
            });
        } catch (RejectedExecutionException full) {
            exchange.respond(
                    ErrorBody.answer(ErrorCode.OVERLOADED, "the admin port has too many questions waiting", null));
        }
    }

    private static Answer live() {
        JsonWriter out = new JsonWriter(64);
        out.beginObject().name("status").value("live");
        return Answer.json(200, out.endObject().toArray());
    }

    private static HttpLimits limits() {
        return new HttpLimits(
                64 * 1024,
                1 << 20,
                16 * 1024,
                4 * 1024,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(2),
                64,
                16);
    }

    /** Where it answers, for example {@code http://127.0.0.1:9090}. */
    public String url() {
        return "http://127.0.0.1:" + server.address().getPort();
    }

    @Override
    public void close() {
        server.close();
        answering.shutdownNow();
    }
}
