package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    private static final String CHAT = "/v1/chat/completions";

    @Test
    void runningStreamsFinishAndNewOnesAreRefused() {
        Semaphore pace = new Semaphore(1);
        ScriptedWorker worker = new ScriptedWorker(
                request -> ScriptedWorker.Script.text("long answer").paced(pace));
        try (ServerFixture server =
                new ServerFixture(worker, options -> options.withShutdownTimeout(Duration.ofSeconds(60)))) {
            CompletableFuture<HttpResponse<String>> running =
                    CompletableFuture.supplyAsync(() -> server.post(CHAT, chat("hi", "'stream':true")));
            ServerFixture.await(() ->
                    !worker.started().isEmpty() && worker.started().getFirst().steps() == 1);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server.node::close);
            ServerFixture.await(() -> server.get("/health").statusCode() == 503);
            HttpResponse<String> refused = server.post(CHAT, chat("hi", ""));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValueAsLong("retry-after").orElse(0))
                    .isBetween(30L, 60L);
            assertThat(refused.headers().firstValue("connection")).hasValue("close");
            assertThat(server.get("/live").statusCode()).isEqualTo(200);
            assertThat(closing).isNotDone();
            pace.release(1_000);
            assertThat(ServerFixture.content(running.join().body())).isEqualTo("long answer");
            assertThat(running.join().body()).endsWith("data: [DONE]\n\n");
            closing.join();
        }
    }

    @Test
    void whatDoesNotFinishInTimeIsEndedWithAnError() {
        Semaphore pace = new Semaphore(1);
        ScriptedWorker worker = new ScriptedWorker(
                request -> ScriptedWorker.Script.text("never").paced(pace));
        try (ServerFixture server =
                new ServerFixture(worker, options -> options.withShutdownTimeout(Duration.ofMillis(50)))) {
            CompletableFuture<HttpResponse<String>> running =
                    CompletableFuture.supplyAsync(() -> server.post(CHAT, chat("hi", "'stream':true")));
            ServerFixture.await(() ->
                    !worker.started().isEmpty() && worker.started().getFirst().steps() == 1);
            server.node.close();
            assertThat(running.join().body()).contains("\"code\":\"not_ready\"").doesNotContain("[DONE]");
            assertThat(worker.started().getFirst().isCancelled()).isTrue();
        }
    }

    @Test
    void closingTwiceIsClosingOnce() {
        ServerFixture server = ServerFixture.saying("x");
        server.close();
        server.close();
        assertThat(server.node.running()).isZero();
    }
}
